import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebhookConfig } from '../../src/destinations/webhook/fields.ts';
import { route } from '../../src/intake/store-batch.ts';
import type { DestinationConfig } from '../../src/resources/destination.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';

import { content } from '../store/fixtures.ts';
import { mail, startTaking } from './taking.ts';

const destination = (id: string, changes: Partial<WebhookConfig> = {}): WebhookConfig => ({
  id,
  name: id,
  kind: 'webhook',
  url: 'https://hook.example/',
  servers: null,
  enabled: true,
  version: 1,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  ...changes,
});

test('a message goes to every destination that is on and takes mail of its server', () => {
  const destinations = [
    destination('all'),
    destination('mine', { servers: ['srv_a', 'srv_b'] }),
    destination('others', { servers: ['srv_b'] }),
    destination('nobody', { servers: [] }),
    destination('off', { enabled: false }),
  ];
  assert.deepEqual(route({ serverId: 'srv_a', content: content() }, destinations), ['all', 'mine']);
  assert.deepEqual(route({ serverId: 'srv_c', content: content() }, destinations), ['all']);
  assert.deepEqual(route({ serverId: 'srv_a', content: content() }, []), []);
});

test('a destination that is added, changed or switched off counts from the next message on', async (t) => {
  const { addServer, supervisor, store, stored } = await startTaking(t);
  const { mailbox } = await addServer();
  await supervisor.start();
  const routed: string[][] = [];
  const next = async () => {
    mailbox.deliver(mail(`${routed.length}`));
    await stored(routed.length + 1);
    const [message] = (await store.messages.list({ limit: 1 })).items;
    const { items } = await store.deliveries.list({ messageId: message?.id ?? '', limit: 10 });
    routed.push(items.map(({ target }) => target.id).toSorted());
  };
  await next();
  await put(store, 'destination', destination('dst_new'));
  await next();
  await put(store, 'destination', destination('dst_new', { servers: ['srv_other'] }));
  await next();
  const hook = await collectionsOf(store).destinations.find('dst_hook');
  await put(store, 'destination', { ...(hook as DestinationConfig), enabled: false });
  await next();
  assert.deepEqual(routed, [['dst_hook'], ['dst_hook', 'dst_new'], ['dst_hook'], []]);
});
