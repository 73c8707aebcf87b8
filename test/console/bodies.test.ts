import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenBodies, cutRequest } from '../http/broken-bodies.ts';
import { form } from '../http/fixtures.ts';
import { shakeHands } from '../http/raw-client.ts';
import { recordedLog } from '../http/recorded-log.ts';
import { openConsole, openSignedIn } from './fixtures.ts';

/** Every address of the console that takes a form, with something for each parameter. */
function forms(routes: { method: string; path: string }[]): string[] {
  const paths = routes
    .filter(({ method }) => method === 'POST')
    .map(({ path }) => path.replace(/:\w+/g, 'x'));
  return [...new Set(paths)];
}

const own = { 'sec-fetch-site': 'same-origin' };

test('a form with a broken body is refused as what it is, at every address and with a session or without', async (t) => {
  const { log, errors } = recordedLog(t);
  const opened = await openSignedIn(t, 'lively', { log });
  const signedIn = { ...own, cookie: `__Host-letterbox=${opened.session}` };
  const paths = forms(opened.routes);
  assert.ok(paths.length > 25, String(paths.length));
  for (const path of paths)
    for (const { what, headers, body } of brokenBodies) {
      const outside = ['/sign-in', '/set-up'].includes(path);
      const { status } = await opened.fetch(path, {
        method: 'POST',
        headers: { ...signedIn, ...headers },
        body,
      });
      assert.ok([400, 413, 415].includes(status), `${path}, ${what}: ${status}`);
      const stranger = await opened.fetch(path, { method: 'POST', headers: { ...own, ...headers }, body });
      assert.ok(
        [400, 413, 415, outside ? 0 : 303].includes(stranger.status),
        `${path}, ${what}: ${stranger.status}`,
      );
    }
  assert.deepEqual(errors, []);
});

test('who hangs up in the middle of a form is no error', async (t) => {
  const { log, errors } = recordedLog(t);
  const { server, routes, session, fetch } = await openSignedIn(t, 'lively', { log });
  for (const path of forms(routes)) {
    const { socket } = await shakeHands(t, server.port);
    socket.end(cutRequest(path, { ...own, ...form, cookie: `__Host-letterbox=${session}` }));
    const torn = await shakeHands(t, server.port);
    torn.socket.write(cutRequest(path, { ...own, ...form, cookie: `__Host-letterbox=${session}` }), () =>
      torn.socket.destroy(),
    );
    await torn.closed;
  }
  for (let i = 0; i < 5; i++) assert.equal((await fetch('/assets/console.css')).status, 200);
  assert.deepEqual(errors, []);
});

test('before there is a session a form has 4 KiB at most, and little of it is read', async (t) => {
  const { fetch } = await openConsole(t, 'fresh');
  for (const path of ['/sign-in', '/set-up'])
    for (const [length, status] of [
      [4 * 1024, 422],
      [4 * 1024 + 1, 413],
    ] as const)
      for (const headers of [form, { ...form, 'transfer-encoding': 'chunked' }]) {
        const body = `password=${'x'.repeat(length - 'password='.length)}`;
        const answer = await fetch(path, { method: 'POST', headers: { ...own, ...headers }, body });
        assert.equal(answer.status, status, `${path} ${length}`);
      }
});
