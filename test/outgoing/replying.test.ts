import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import { mailbox, startWorld, until } from '../end-to-end/world.ts';
import { addOutgoing, inbox, incoming } from './letterbox.ts';

const customer = 'ann@fabrikam.example';

/** A running Letterbox that has taken one mail of a customer. */
async function running(t: Parameters<typeof startWorld>[0]) {
  const world = await startWorld(t);
  await world.dovecot.deliver(
    mailbox,
    incoming('Re: Printer on fire', ['References: <first@fabrikam.example>']),
  );
  const letterbox = await world.open();
  await letterbox.start();
  await world.setUp(letterbox);
  const server = await addOutgoing(world, letterbox);
  const { store, administration } = letterbox;
  await until('the mail is here', async () => (await store.messages.count()) === 1);
  const [message] = (await store.messages.list({ limit: 1 })).items;
  return { world, letterbox, administration, server, messageId: message?.id ?? '' };
}

test('an answer reaches the customer in the thread, from the mailbox’s address, submitted with OAuth 2.0', async (t) => {
  const { world, administration, messageId, server } = await running(t);
  const mail = await administration.outgoing.reply(messageId, {
    text: 'It is out now.\n',
    html: '<p>It is out now.</p>',
  });
  await until('it is there', async () => (await inbox(world, customer)).length === 1);
  const [arrived] = await inbox(world, customer);
  assert.equal(arrived?.subject, 'Re: Printer on fire');
  assert.deepEqual(arrived?.from, [{ name: 'Contoso Support', address: mailbox }]);
  assert.deepEqual(arrived?.to, [{ name: 'Ann', address: customer }]);
  assert.deepEqual(arrived?.inReplyTo, ['Re--Printer-on-fire@fabrikam.example']);
  assert.deepEqual(arrived?.references, ['first@fabrikam.example', 'Re--Printer-on-fire@fabrikam.example']);
  assert.equal(arrived?.messageId, mail.messageId);
  assert.match(arrived?.source ?? '', new RegExp(`^Return-Path: <${mailbox}>`));
  assert.match(arrived?.source ?? '', /with ESMTPSA/);

  await until('its recipients are settled', async () =>
    (await administration.outgoing.get(mail.id)).recipients.every(({ state }) => state === 'accepted'),
  );
  const { items } = await administration.outgoing.list({ inReplyTo: messageId });
  assert.deepEqual(
    items.map(({ id }) => id),
    [mail.id],
  );
  const [delivery] = (await administration.deliveries.list({ messageId: mail.id })).items;
  assert.equal(delivery?.target.id, server.id);
});

test('a mail of our own goes to everyone it names, hidden ones too', async (t) => {
  const { world, administration, server } = await running(t);
  await administration.outgoing.send({
    serverId: server.id,
    to: [{ name: 'Bob', address: 'bob@fabrikam.example' }],
    cc: ['carl@fabrikam.example'],
    bcc: ['dora@fabrikam.example'],
    subject: 'Maintenance',
    text: 'Tonight.',
    automatic: true,
  });
  for (const user of ['bob', 'carl', 'dora'])
    await until(`${user} has it`, async () => (await inbox(world, `${user}@fabrikam.example`)).length === 1);
  const [hidden] = await inbox(world, 'dora@fabrikam.example');
  assert.doesNotMatch(
    hidden?.source.split('\r\n\r\n')[0]?.replace(/^Received:(.|\r\n[ \t])*/gim, '') ?? '',
    /dora/,
  );
  assert.match(hidden?.source ?? '', /^Return-Path: <>/);
  assert.match(hidden?.source ?? '', /^Auto-Submitted: auto-generated/m);
});

test('Test signs in and, where an address is given, sends a mail there', async (t) => {
  const { world, administration, server } = await running(t);
  const results = [];
  for await (const result of administration.outgoingServers.test(server.id, { to: 'admin@contoso.example' }))
    results.push(result);
  assert.deepEqual(
    results.map(({ check, outcome }) => [check, outcome]),
    [
      ['sign-in', 'passed'],
      ['mail', 'passed'],
    ],
  );
  assert.match(results[0]?.detail ?? '', /with OAUTHBEARER/);
  assert.equal((await inbox(world, 'admin@contoso.example'))[0]?.subject, 'Test mail of Support out');
  world.authority.faults.secretExpired = true;
  const [profile] = (await administration.profiles.list()).filter(({ name }) => name === 'Contoso sending');
  await assert.rejects(administration.profiles.authorize(profile?.id ?? ''), Problem);
  const again = [];
  for await (const result of administration.outgoingServers.test(server.id, { to: 'admin@contoso.example' }))
    again.push(result);
  assert.deepEqual(
    again.map(({ check, outcome, problem }) => [check, outcome, problem?.code]),
    [['sign-in', 'failed', 'oauth.AADSTS7000222']],
  );
});

test('what cannot be sent is refused, by the field that is wrong, and nothing is in the outbox', async (t) => {
  const { administration, messageId, server } = await running(t);
  const wrong = async (work: Promise<unknown>) => {
    const problem = await work.then(
      () => assert.fail('it was taken'),
      (error: unknown) => Problem.from(error),
    );
    return problem.fields?.map(({ field }) => field);
  };
  const mail = { serverId: server.id, to: ['bob@x.example'], subject: 'Hi', text: 'Hi' };
  const { send, reply } = administration.outgoing;
  assert.deepEqual(await wrong(send({ ...mail, to: [] })), ['to']);
  assert.deepEqual(await wrong(send({ ...mail, to: ['bob@x.example\r\nRCPT TO:<evil@x.example>'] })), [
    'to.0',
  ]);
  assert.deepEqual(await wrong(send({ ...mail, subject: 'Hi\r\nBcc: evil@x.example' })), ['subject']);
  assert.deepEqual(await wrong(send({ ...mail, serverId: 'ogs_gone' })), ['serverId']);
  assert.deepEqual(await wrong(send({ ...mail, text: '' })), ['text']);
  assert.deepEqual(await wrong(send({ ...mail, form: 'evil@x.example' })), ['form']);
  assert.deepEqual(await wrong(reply(messageId, {})), ['text']);
  await assert.rejects(reply('msg_gone', { text: 'Hi' }), { code: 'not-found' });
  await administration.outgoingServers.update(server.id, { enabled: false });
  assert.deepEqual(await wrong(send(mail)), ['serverId']);
  assert.deepEqual(await wrong(reply(messageId, { text: 'Hi' })), ['serverId']);
  assert.deepEqual((await administration.outgoing.list({})).items, []);
});
