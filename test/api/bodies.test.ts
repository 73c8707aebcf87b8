import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenBodies, cutRequest } from '../http/broken-bodies.ts';
import { shakeHands } from '../http/raw-client.ts';
import { recordedLog } from '../http/recorded-log.ts';
import { fromPage, startWorld } from './world.ts';

interface Description {
  paths: Record<string, Record<string, object>>;
}

/** Every operation that may come with a body, with something for each parameter; and where Graph tells of news. */
function operations({ paths }: Description): { method: string; path: string }[] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{\w+\}/g, 'x'),
    })),
  );
  return [
    ...all.filter(({ method }) => ['POST', 'PATCH'].includes(method)),
    { method: 'POST', path: '/notifications/graph/x' },
  ];
}

test('a broken body is refused as what it is by every operation', async (t) => {
  const { log, errors } = recordedLog(t);
  const { fetch, cookie } = await startWorld(t, undefined, log);
  const deeds = operations((await fetch('/api/openapi.json')).json);
  assert.ok(deeds.length > 20, String(deeds.length));
  for (const { method, path } of deeds)
    for (const { what, headers, body } of brokenBodies) {
      const { status } = await fetch(path, { method, headers: { ...fromPage, cookie, ...headers }, body });
      assert.ok([400, 413, 415, 422].includes(status), `${method} ${path}, ${what}: ${status}`);
    }
  assert.deepEqual(errors, []);
});

test('who hangs up in the middle of a body is no error', async (t) => {
  const { log, errors } = recordedLog(t);
  const { fetch, cookie, port } = await startWorld(t, undefined, log);
  for (const { method, path } of operations((await fetch('/api/openapi.json')).json)) {
    const { socket, closed } = await shakeHands(t, port);
    const request = cutRequest(path, { ...fromPage, cookie, 'content-type': 'application/json' });
    socket.write(request.replace(/^POST/, method), () => socket.destroy());
    await closed;
  }
  for (let i = 0; i < 5; i++) assert.equal((await fetch('/healthz')).status, 200);
  assert.deepEqual(errors, []);
});
