import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { proveRestriction } from '../../src/doctor/restriction.ts';
import { type GraphWorld, startGraphWorld } from '../sources/graph-world.ts';
import { detailOf, examined, subjectOf } from './setting.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
after(() => world.stop());

test('Test connection goes from the name to the folders of a Graph mailbox', async (t) => {
  const address = 'support@example.com';
  world.graph.mailbox(address);
  const examine = (fields = {}) =>
    examined(
      subjectOf(world.server(address, fields), world.source(t, address, { server: fields }), world.tokens()),
    );
  const good = await examine();
  assert.equal(good.diagnosis.problem, null);
  assert.equal(detailOf(good.results, 'folders'), 'Messages in INBOX: 0; folders read: INBOX');
  const missing = await examine({ folders: ['Nowhere'] });
  assert.equal(missing.diagnosis.problem?.code, 'graph.folder-missing');
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
