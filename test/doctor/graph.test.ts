import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CheckResult } from '../../src/doctor/check.ts';
import { proveRestriction } from '../../src/doctor/restriction.ts';
import { testConnection } from '../../src/doctor/test-connection.ts';
import { type GraphWorld, startGraphWorld } from '../sources/graph-world.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
after(() => world.stop());

test('Test connection goes from the name to the folders of a Graph mailbox', async (t) => {
  const address = 'support@example.com';
  world.graph.mailbox(address);
  async function examine(fields = {}): Promise<CheckResult[]> {
    const [server, source] = [world.server(address, fields), world.source(t, address, { server: fields })];
    const results: CheckResult[] = [];
    for await (const result of testConnection({ server, source, tokens: world.tokens() }))
      results.push(result);
    return results;
  }
  const good = await examine();
  assert.deepEqual(
    good.map(({ check, passed }) => [check, passed]),
    ['name', 'connection', 'encryption', 'token', 'sign-in', 'folder'].map((check) => [check, true]),
  );
  assert.match(
    good[3]?.detail ?? '',
    /for https:\/\/graph\.microsoft\.com, issued to the application itself/,
  );
  const missing = (await examine({ folders: ['Nowhere'] })).at(-1);
  assert.deepEqual([missing?.check, missing?.problem?.code], ['folder', 'graph.folder-missing']);
});

test('an app restricted to one mailbox is proven to open no other; one that is not is found out', async (t) => {
  const [own, other] = ['own@example.com', 'board@example.com'];
  for (const address of [own, other]) world.graph.mailbox(address);
  world.graph.restrict('restricted-app', [own]);
  const prove = (appId: string) =>
    proveRestriction(world.server(own), other, (server) =>
      world.source(t, server.address, { server, tokens: world.tokens({ appId }) }),
    );
  assert.equal((await prove('restricted-app')).outcome, 'refused');
  assert.equal((await prove('careless-app')).outcome, 'open');
});
