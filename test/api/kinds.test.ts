import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtIn } from '../../src/adapters.ts';
import { folder } from '../resources/folder/kind.ts';
import { until } from '../until.ts';
import { furnish, receive, startWorld } from './world.ts';

const withFolder = { ...builtIn, destinations: [...builtIn.destinations, folder] };

test('a kind that is only registered is described, added, changed, delivered to and removed', async (t) => {
  const world = await startWorld(t, withFolder);
  const { call } = world;
  const { server } = await furnish(world);

  const { paths } = (await call('GET', '/api/openapi.json')).json;
  const bodies = paths['/api/destinations'].post.requestBody.content['application/json'].schema.anyOf;
  const described = bodies.find(
    (one: { properties: { kind: { const: string } } }) => one.properties.kind.const === 'folder',
  );
  assert.deepEqual(described.required, ['name', 'kind', 'file']);
  assert.deepEqual(described.properties.format.enum, ['subjects', 'signed']);
  assert.ok(!('url' in described.properties));

  const file = join(world.dataFolder, 'subjects.txt');
  const input = { name: 'Lines', kind: 'folder', file, format: 'signed', key: 'hush', digits: 'all' };
  const wrong = await call('POST', '/api/destinations', {
    ...input,
    key: '',
    words: [7],
    url: 'https://x.example/',
  });
  assert.deepEqual(
    wrong.json.fields.map(({ field }: { field: string }) => field),
    ['words.0', 'url'],
  );
  const added = await call('POST', '/api/destinations', input);
  assert.equal(added.status, 201, added.text);
  assert.deepEqual([added.json.file, added.json.format, added.json.digits], [file, 'signed', 'all']);
  assert.doesNotMatch((await call('GET', '/api/destinations')).text, /hush/);

  await receive(world, server, [Buffer.from('Subject: First\r\n\r\nHello\r\n')], [added.json.id]);
  await call('PATCH', `/api/destinations/${added.json.id}`, { digits: 'few' });
  await until('the message is in the file', () => existing(file).includes('\n'));
  assert.match(existing(file), /^First [0-9a-f]{8,64}\n$/);

  assert.equal((await call('DELETE', `/api/destinations/${added.json.id}`)).status, 204);
  assert.deepEqual((await call('GET', '/api/destinations')).json, []);
});

function existing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
