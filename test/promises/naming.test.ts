import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionBroken } from '../../lab/scripted-mailbox.ts';
import { mail, startTaking } from '../intake/taking.ts';
import { until } from '../until.ts';

test('whatever befalls one of two mailboxes, every line of the log says of which it speaks', async (t) => {
  const { addServer, supervisor, stored, becomes, told } = await startTaking(t);
  const [support, sales] = [
    await addServer({ id: 'srv_support', name: 'Support', afterIntake: { action: 'mark-read' } }),
    await addServer({ id: 'srv_sales', name: 'Sales' }),
  ];
  support.mailbox.trouble.acting = connectionBroken();
  support.mailbox.deliver(mail('one'));
  sales.mailbox.trouble.connecting = connectionBroken();
  await supervisor.start();
  await stored(1);
  await becomes('failing', 'srv_sales');
  sales.mailbox.trouble.connecting = null;
  await becomes('watching', 'srv_sales');
  sales.mailbox.deliver(mail('bad'), {
    unreadable: connectionBroken('no', 'message.unreadable', 'message'),
  });
  await until('what cannot be had is told', () =>
    told.some(({ problem }) => problem === 'message.unreadable'),
  );
  await until('so is the action', () =>
    told.some(({ server, level }) => server === 'Support' && level === 'warn'),
  );
  await supervisor.stop();
  assert.deepEqual(new Set(told.map(({ server }) => server)), new Set(['Support', 'Sales']));
});
