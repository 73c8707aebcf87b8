import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, openPage, openPageSignedIn } from './browser.ts';
import { examineAll } from './examine.ts';
import { openConsole, openSignedIn } from './fixtures.ts';
import { hostile, sampleMessages } from './sample-messages.ts';

const [first] = sampleMessages;

const everyPage = [
  '/',
  '/profiles',
  '/profiles/new',
  '/profiles/prf_contoso',
  '/profiles/prf_app?done=secret-replaced',
  '/profiles/prf_other/edit',
  '/profiles/prf_app/secret',
  '/profiles/prf_certificate',
  '/profiles/prf_certificate/edit',
  '/profiles/prf_certificate/secret',
  '/profiles/prf_certificate/device-code',
  '/profiles/prf_app/device-code',
  '/profiles/prf_password',
  '/profiles/prf_password/edit',
  '/profiles/prf_password/secret',
  '/profiles/prf_contoso/delete',
  '/oauth/callback?error=access_denied&state=sample',
  '/guide',
  '/guide/gde_support',
  '/guide/gde_support/prerequisites',
  '/guide/gde_support/registration',
  '/guide/gde_support/credentials',
  '/servers',
  '/servers/new',
  '/servers/srv_support',
  '/servers/srv_orders',
  '/servers/srv_invoices/edit',
  '/servers/srv_support/delete',
  '/destinations',
  '/destinations/new',
  '/destinations/dst_tickets',
  '/destinations/dst_crm/edit',
  '/destinations/dst_crm/delete',
  '/outgoing-servers',
  '/outgoing-servers/new',
  '/outgoing-servers/ogs_support',
  '/outgoing-servers/ogs_relay/edit',
  '/outgoing-servers/ogs_graph/delete',
  '/outgoing/out_reply',
  '/notifications',
  '/messages',
  '/messages?q=nothing+like+it',
  `/messages/${first?.id}`,
  `/messages/${first?.id}?view=text`,
  `/messages/${hostile.id}?view=headers`,
  '/deliveries',
  '/deliveries?state=dead',
  '/quarantine',
  '/quarantine/qua_1/dismiss',
  '/nowhere',
];
const everyEmptyPage = [
  '/',
  '/guide',
  '/profiles',
  '/servers',
  '/servers/new',
  '/destinations',
  '/outgoing-servers',
  '/outgoing-servers/new',
  '/notifications',
  '/messages',
  '/deliveries',
  '/quarantine',
];

test('every page can be used by everybody, on a phone and a desk, by day and by night', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const watched = await openPageSignedIn(browser, opened);
  assert.deepEqual(await examineAll(watched, everyPage), {});
});

test('nothing sticks out to the right on a phone or a desk, however long the values are', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'long')]);
  const { page } = await openPageSignedIn(browser, opened);
  const outside: Record<string, string[]> = {};
  for (const path of [...everyPage, '/servers/srv_support/access', '/profiles/prf_other'])
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(path);
      const found = await page.evaluate<string[]>(`(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        if (scrollWidth <= clientWidth) return [];
        return [...document.querySelectorAll('main *')]
          .filter((one) => one.getBoundingClientRect().right > clientWidth + 1)
          .map((one) => one.outerHTML.slice(0, 80));
      })()`);
      if (found.length > 0) outside[`${path} at ${width}`] = found.slice(0, 3);
    }
  assert.deepEqual(outside, {});
});

test('every page of a fresh installation can be used by everybody', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'fresh')]);
  assert.deepEqual(await examineAll(await openPageSignedIn(browser, opened), everyEmptyPage), {});
  const outside = await openConsole(t, 'fresh');
  assert.deepEqual(await examineAll(await openPage(browser, { baseURL: outside.origin }), ['/set-up']), {});
  const stranger = await openPage(browser, { baseURL: opened.origin });
  assert.deepEqual(await examineAll(stranger, ['/sign-in?ended=', '/sign-in?callback=']), {});
});

test('whatever is to be pressed can be reached by the keyboard, the way to the content first', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened, { javaScriptEnabled: true });
  for (const path of [
    '/',
    '/profiles/new',
    '/profiles/prf_app',
    '/servers/new',
    '/destinations/dst_crm/edit',
    '/deliveries?state=dead',
    '/quarantine',
    `/messages/${first?.id}`,
  ]) {
    await page.goto(path);
    const pressable = await page
      .locator(
        'a[href]:visible, button:visible, input:visible, select:visible, textarea:visible, summary:visible',
      )
      .count();
    const reached = new Set<string>();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
    // A date field takes several steps.
    for (let steps = 0; steps < 2 * pressable; steps++) {
      const focused = await page.evaluate<string>(`(() => {
        const element = document.activeElement;
        const place = [...document.querySelectorAll('*')].indexOf(element);
        if (element === document.body) return '';
        // Within the frame of a message, focus is shown by the message's own document.
        return (element.matches('iframe') ? 'frame' : getComputedStyle(element).outlineStyle) + ' ' + place;
      })()`);
      if (focused === '') break;
      reached.add(focused);
      await page.keyboard.press('Tab');
    }
    // Of a group of radio buttons the keyboard reaches one; the arrow keys do the rest.
    const radios = await page.locator('input[type=radio]:visible').count();
    const groups = await page.locator('fieldset:visible:has(input[type=radio])').count();
    assert.ok(reached.size >= pressable - radios + groups, `${path}: ${reached.size} of ${pressable}`);
    assert.deepEqual(
      [...reached].filter((element) => element.startsWith('none')),
      [],
      `${path}: focus is seen`,
    );
  }
});

test('the menu of a phone opens and leads on without scripts', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened, {
    javaScriptEnabled: false,
    viewport: { width: 390, height: 800 },
  });
  await page.goto('/');
  const link = page.locator('.bar').getByRole('link', { name: 'Quarantine' });
  assert.equal(await link.isVisible(), false);
  await page.getByText('Menu').click();
  await link.click();
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Quarantine');
});
