import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { configSchema } from '../../src/config/config.ts';
import { Supervisor } from '../../src/intake/supervisor.ts';
import { createEwsSource } from '../../src/sources/ews/index.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { until } from '../end-to-end/world.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { openStore } from '../store/fixtures.ts';
import { type EwsWorld, fill, mail, mails, startEwsWorld } from './ews-world.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

test('mail is stored once, through a lost sync state, a throttling and a move within the mailbox', async (t) => {
  const address = 'intake@example.com';
  const mailbox = world.ews.mailbox(address);
  const ids = await fill(mailbox, mails(40));
  const orders = mailbox.folderAt('Orders', true) ?? assert.fail();
  const store = await openStore(t);
  const folders = ['INBOX', 'Orders'];
  const server = world.server(address, { folders, afterIntake: { action: 'mark-read' } });
  await put(store, 'server', server);
  const log = pino({ level: 'silent' });
  const supervisor = new Supervisor({
    store,
    resources: collectionsOf(store),
    open: (one) =>
      createEwsSource({
        server: one,
        tokens: world.appTokens(),
        options: { ...configSchema.parse({}).intake, reconcileSeconds: 0.3 },
        known: (place, uids) => store.messages.known(one.id, place, uids),
        log,
      }),
    events: createEventBus(),
    log,
  });
  t.after(() => supervisor.stop());

  world.ews.faults.next({ kind: 'busy', backOff: 200, as: 'fault' }, { operation: 'GetItem' });
  await supervisor.start();
  await until('all are stored', async () => (await store.messages.count()) === 40);
  const isRead = (id: string) => mailbox.find(id)?.item.isRead === true;
  await until('all are marked as read', () => ids.every(isRead));

  world.ews.loseSyncStates();
  for (const id of ids.slice(0, 5)) {
    mailbox.setRead(id, false);
    mailbox.move(id, orders);
  }
  await mailbox.deliver(mail(41), 'Orders');
  await until('the new one is stored', async () => (await store.messages.count()) === 41);
  await until('the moved ones were recognised, and acted on', () => [...orders.items.keys()].every(isRead));
  await supervisor.stop();
  assert.equal(await store.messages.count(), 41);
  assert.deepEqual(await store.quarantine.list(), []);
});
