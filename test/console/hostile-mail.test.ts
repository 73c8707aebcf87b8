import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { renderMessageHtml } from '../../src/console/message-html.ts';
import { openBrowser, openPageSignedIn } from './browser.ts';
import { openSignedIn } from './fixtures.ts';
import { hostile } from './sample-messages.ts';

const path = `/messages/${hostile.id}`;

/** The host that a hostile message would like to hear from; counts the connections that reach it. */
async function openWitness(t: TestContext) {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    connections: () => connections,
    rule: `--host-resolver-rules=MAP witness.invalid 127.0.0.1:${port}`,
  };
}

test('a hostile message shows its text and its own image, runs nothing and connects to nobody', async (t) => {
  const witness = await openWitness(t);
  const [browser, opened] = await Promise.all([openBrowser(t, witness.rule), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened);
  for (const address of [
    '/messages',
    path,
    `${path}?view=text`,
    `${path}?view=headers`,
    '/deliveries',
    `${path}/html`,
  ]) {
    await page.goto(address);
    await page.waitForLoadState('networkidle');
    assert.doesNotMatch(await page.title(), /^owned/, address);
    assert.equal(await page.locator('main script, main [onerror]').count(), 0, address);
  }

  await page.goto(path);
  const frame = page.frameLocator('.message-frame');
  assert.equal(await frame.locator('#styled').textContent(), 'Styled, and nothing more');
  assert.equal(
    await frame.locator('#own').evaluate((image) => (image as { naturalWidth?: number }).naturalWidth),
    48,
  );
  await frame.locator('#send').click();
  for (const link of ['#leave', '#follow']) await frame.locator(link).click();
  await page.waitForLoadState('networkidle');
  assert.equal(page.url(), `${opened.origin}${path}`);

  assert.equal(witness.connections(), 0);

  // The witness would have heard.
  await page.goto('https://witness.invalid/').catch(() => undefined);
  assert.notEqual(witness.connections(), 0);
});

/** Links of every kind that browsers follow, each at a place of its own. */
const links = [
  '<a href="https://witness.invalid/a">link</a>',
  '<A\nHREF\n=\nhttps://witness.invalid/b>link</A>',
  '<a/href=https://witness.invalid/c>link</a>',
  '<a title=">" href="https://witness.invalid/d" target="_blank">link</a>',
  '<svg width="60" height="20"><a href="https://witness.invalid/e"><text y="15">link</text></a></svg>',
  '<svg width="60" height="20"><a xlink:href="https://witness.invalid/f"><text y="15">link</text></a></svg>',
  '<svg width="60" height="20"><a><set attributeName="href" to="https://witness.invalid/g"/><text y="15">link</text></a></svg>',
  '<svg width="60" height="20"><a><animate attributeName="href" values="https://witness.invalid/h" dur="1s" repeatCount="indefinite"/><text y="15">link</text></a></svg>',
  '<math href="https://witness.invalid/i"><mi>link</mi></math>',
  '<map name="m"><area shape="rect" coords="0,0,60,20" href="https://witness.invalid/j"></map><img usemap="#m" width="60" height="20" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
  '<form action="https://witness.invalid/k" target="_blank"><button>link</button></form>',
];

test('no way to click on a link of a message opens anything', async (t) => {
  const witness = await openWitness(t);
  const [browser, opened] = await Promise.all([openBrowser(t, witness.rule), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened);
  const message = await opened.administration.messages.get(hostile.id);
  const places = links.map((link) => `<div class="place" style="height:30px">${link}</div>`).join('');
  t.mock.method(opened.administration.messages, 'get', async () => ({ ...message, html: places }));
  await page.goto(path);
  const frame = page.frameLocator('.message-frame');
  assert.equal(await frame.locator('.place').count(), links.length);
  for (let i = 0; i < links.length; i++) {
    const place = frame.locator('.place').nth(i);
    const position = { x: 15, y: 12 };
    await place.click({ position });
    await place.click({ position, button: 'middle' });
    for (const modifiers of [['Control'], ['Shift'], ['Control', 'Shift'], ['Alt']] as const)
      await place.click({ position, modifiers: [...modifiers] });
  }
  await page.waitForLoadState('networkidle');
  assert.equal(page.context().pages().length, 1);
  assert.equal(page.url(), `${opened.origin}${path}`);
  assert.equal(witness.connections(), 0);
});

test('the formatted message is a document of its own that trusts nothing', async (t) => {
  const { fetch, session } = await openSignedIn(t, 'lively');
  const { headers } = await fetch(`${path}/html`, { headers: { cookie: `__Host-letterbox=${session}` } });
  assert.equal(
    headers['content-security-policy'],
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
  );
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('attachments and the raw source are saved, never shown, under a name that cannot deceive', async (t) => {
  const { fetch, session } = await openSignedIn(t, 'lively');
  const get = (file: string) =>
    fetch(`${path}/${file}`, { headers: { cookie: `__Host-letterbox=${session}` } });

  const page = await get('attachments/0');
  assert.equal(page.text, '<script>document.title="owned"</script>');
  assert.equal(page.headers['content-type'], 'application/octet-stream');
  assert.match(
    page.headers['content-disposition'] ?? '',
    /^attachment; filename="_><script>[^"]*\.html"; filename\*=UTF-8''%22%3E%3Cscript/,
  );
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.equal(page.headers['content-security-policy'], "sandbox; default-src 'none'");

  const disguised = await get('attachments/2');
  assert.equal(
    disguised.headers['content-disposition'],
    `attachment; filename="gpj.exeX: y_.txt"; filename*=UTF-8''gpj.exeX%3A%20y%22.txt`,
  );

  const raw = await get('raw');
  assert.equal(raw.headers['content-type'], 'text/plain; charset=utf-8');
  assert.match(raw.headers['content-disposition'] ?? '', /^attachment; filename="msg_\w+\.eml"/);

  assert.equal((await get('attachments/99')).status, 404);
});

test('images put in their place are bounded, however often a message refers to them', async () => {
  const size = 1024 * 1024;
  const image = { ...hostile.attachments[1], contentId: 'big', contentType: 'image/png', size };
  const render = (contentType: string, references: number) =>
    renderMessageHtml(
      {
        html: '<img src="cid:big">'.repeat(references),
        attachments: [{ ...(image as (typeof hostile.attachments)[number]), contentType }],
      },
      async function* () {
        yield Buffer.alloc(size);
      },
    );
  const many = await render('image/png', 1000);
  assert.ok(many.length < 13 * 1024 * 1024);
  assert.match(many, /<img src="data:image\/png;base64,AAAA/);
  assert.match(many, /<img src="cid:big">/);
  // An SVG is a document, not a picture.
  assert.doesNotMatch(await render('image/svg+xml', 1), /data:/);
});
