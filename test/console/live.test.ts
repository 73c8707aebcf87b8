import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { form } from '../http/fixtures.ts';
import { openBrowser, openPageSignedIn } from './browser.ts';
import { openSignedIn } from './fixtures.ts';
import { hostile, sampleMessages } from './sample-messages.ts';

const stored = (messageId: string) =>
  ({
    serverId: 'srv_invoices',
    server: 'Invoices',
    messageId,
    outcome: 'new',
    size: 4000,
    remaining: 1203,
  }) as const;

test('the overview shows what is stored and delivered as it happens, without being reloaded', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page, complaints } = await openPageSignedIn(browser, opened);
  await page.goto('/');
  await page.locator('.live').waitFor();
  await page.evaluate('window.same = true');

  opened.events.emit('message.stored', stored(sampleMessages[2]?.id ?? ''));
  opened.events.emit('message.stored', stored(hostile.id));
  await page.getByText('1,203 to go').waitFor();
  await page.locator('.activity').getByRole('link', { name: 'Invoice 2026-1187' }).waitFor();
  opened.events.emit('delivery.settled', {
    deliveryId: 'dlv_1',
    item: { kind: 'message', id: hostile.id },
    destinationId: 'dst_tickets',
    destination: '<b>Tickets</b>',
    state: 'delivered',
    attempt: 1,
    seconds: 0.25,
    problem: null,
  });
  await page.locator('.activity').getByText('Delivered to <b>Tickets</b> in 250 ms').waitFor();
  assert.equal(await page.evaluate('window.same'), true);
  assert.doesNotMatch(await page.title(), /^owned/);
  assert.equal(await page.locator('.activity :is(script, b)').count(), 0);
  assert.deepEqual(complaints, []);
});

test('every page that shows a state shows the next one by itself', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { administration, events } = opened;
  const { page, complaints } = await openPageSignedIn(browser, opened);
  const { servers, profiles, destinations, deliveries } = administration;
  const problem = {
    code: 'x.y',
    kind: 'folder',
    title: 'A folder is gone',
    remedy: 'x',
    retry: 'no',
  } as const;
  const failing = <R extends { state: object }>(one: R): R => ({
    ...one,
    state: { ...one.state, condition: 'failing', problem },
  });
  const original = { ...servers };
  const failServers = () => {
    servers.get = async (id) => failing(await original.get(id));
    servers.all = async () => ({ records: (await original.all()).records.map(failing), unreadable: [] });
  };
  const { get: profile } = profiles;
  const { get: destination } = destinations;
  const { list } = deliveries;
  const pages: [path: string, change: () => void, then: string][] = [
    ['/servers/srv_support', failServers, 'A folder is gone'],
    ['/servers', failServers, 'A folder is gone'],
    [
      '/profiles/prf_contoso',
      () => (profiles.get = async (id) => ({ ...(await profile(id)), state: 'failing', problem })),
      'A folder is gone',
    ],
    [
      '/destinations/dst_crm',
      () => (destinations.get = async (id) => ({ ...(await destination(id)), enabled: true, name: 'CRM' })),
      'Yes',
    ],
    [
      '/deliveries',
      () => (deliveries.list = async () => ({ items: [], next: null })),
      'Deliveries appear as',
    ],
    [
      `/messages/${sampleMessages[2]?.id}`,
      () => (deliveries.list = async () => ({ items: [], next: null })),
      'None: no destination',
    ],
  ];
  for (const [path, change, then] of pages) {
    await page.goto(path);
    await page.locator('.live').waitFor();
    await page.evaluate('window.same = true');
    const main = page.locator('main');
    assert.equal(await main.getByText(then).count(), 0, path);
    change();
    events.emit('message.stored', stored(hostile.id));
    await main.getByText(then).first().waitFor();
    assert.equal(await page.evaluate('window.same'), true, path);
    Object.assign(servers, original);
    Object.assign(profiles, { get: profile });
    Object.assign(destinations, { get: destination });
    Object.assign(deliveries, { list });
  }
  assert.deepEqual(complaints, []);
});

test('what lives leaves alone what somebody ticks, types or marks, and comes after it', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened);
  const { deliveries } = opened.administration;
  await page.goto('/deliveries');
  await page.locator('.live').waitFor();
  const box = page.locator('input[name=ids]').first();
  await box.check();
  await page.locator('h1').click();
  deliveries.list = async () => ({ items: [], next: null });
  // The tabs change with it, so that it is known to have come
  deliveries.counts = async () => ({ pending: 4711, delivered: 0, dead: 0 });
  opened.events.emit('message.stored', stored(hostile.id));
  await page.getByText('4,711').waitFor();
  assert.equal(await box.isChecked(), true);
  await box.uncheck();
  await page.locator('h1').click();
  await page.getByText('Deliveries appear as messages come in.').waitFor();
});

test('a signing secret that was just made stays on its page while that lives', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened);
  const { destinations } = opened.administration;
  const { get } = destinations;
  await page.goto('/destinations/dst_tickets');
  await page.getByRole('button', { name: 'Make a new signing secret' }).click();
  await page.locator('.live').waitFor();
  destinations.get = async (id) => ({ ...(await get(id)), url: 'https://elsewhere.example/' });
  opened.events.emit('message.stored', stored(hostile.id));
  await page.getByText('elsewhere.example').waitFor();
  assert.match((await page.locator('.secret code').textContent()) ?? '', /^whsec_/);
});

test('what was done is told once, and not when the page is loaded again', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened);
  await page.goto('/servers/srv_support?done=server-created');
  await page.getByRole('status').waitFor();
  await page.reload();
  assert.equal(await page.getByRole('status').count(), 0);
});

test('a live view ends when its session does', async (t) => {
  const { server, ca, session, administration, events } = await openSignedIn(t, 'lively');
  const ended = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const headers = { cookie: `__Host-letterbox=${session}`, accept: 'text/event-stream' };
  request(
    { host: 'localhost', port: server.port, path: '/events', ca, headers, agent: false },
    (response) => {
      assert.equal(response.headers['content-type'], 'text/event-stream');
      assert.equal(response.headers['x-accel-buffering'], 'no');
      response.on('data', (data) => String(data).includes('event: region') && begun.resolve());
      response.on('end', () => ended.resolve());
    },
  ).end();
  await begun.promise;
  await administration.signIn.signOut(session);
  events.emit('message.stored', stored(hostile.id));
  await ended.promise;
});

test('Test connection sends each step when it ends, and the verdict with what to do', async (t) => {
  const { server, ca, session, csrf, administration } = await openSignedIn(t, 'lively');
  const original = administration.doctor.server;
  const release = Promise.withResolvers<void>();
  administration.doctor.server = async function* (id) {
    for await (const result of original(id)) {
      if ('check' in result && result.check === 'encryption') await release.promise;
      yield result;
    }
  };
  const seen = Promise.withResolvers<void>();
  let page = '';
  const whole = new Promise<void>((resolve) => {
    const asking = request(
      {
        host: 'localhost',
        port: server.port,
        path: '/servers/srv_orders/test',
        method: 'POST',
        ca,
        agent: false,
        headers: { ...form, cookie: `__Host-letterbox=${session}`, 'sec-fetch-site': 'same-origin' },
      },
      (response) => {
        assert.equal(response.headers['x-accel-buffering'], 'no');
        response.on('data', (data) => {
          page += data;
          if (page.includes('A connection is possible')) seen.resolve();
        });
        response.on('end', resolve);
      },
    );
    asking.end(`csrf=${csrf.token(session)}`);
  });
  await seen.promise;
  assert.doesNotMatch(page, /encrypted|class="verdict/);
  release.resolve();
  await whole;
  assert.match(page, /The connection is encrypted.*A token can be had.*The mailbox lets us in/s);
  assert.match(
    page,
    /class="verdict.*Give anna@contoso\.example full access.*Get-MailboxPermission.*<\/html>/s,
  );
});

test('viewers that go away make room for others', async (t) => {
  const { server, ca, session } = await openSignedIn(t, 'fresh');
  const headers = { cookie: `__Host-letterbox=${session}`, accept: 'text/event-stream' };
  const look = () =>
    new Promise<number | undefined>((resolve) => {
      const asking = request(
        { host: 'localhost', port: server.port, path: '/events', ca, headers, agent: false },
        (response) => {
          response.once('data', () => {
            asking.destroy();
            resolve(response.statusCode);
          });
        },
      );
      asking.on('error', () => undefined);
      asking.end();
    });
  for (let viewer = 0; viewer < 60; viewer++) assert.equal(await look(), 200);
});
