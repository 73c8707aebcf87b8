import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startExchangeWorld } from './exchange-world.ts';
import { connectEncrypted, connectSubmission, xoauth2 } from './raw-mail-client.ts';

const support = 'support@contoso.example';
const ann = 'ann@contoso.example';
const scopes = {
  imap: 'https://outlook.office.com/IMAP.AccessAsUser.All',
  pop3: 'https://outlook.office.com/POP.AccessAsUser.All',
  smtp: 'https://outlook.office.com/SMTP.Send',
};
const notConnected = 'BAD User is authenticated but not connected.';

type World = Awaited<ReturnType<typeof startExchangeWorld>>;

/** What Exchange says to a sign-in, and then to the first command. */
async function tryImap({ exchange, authority }: World, user: string, token: string): Promise<string[]> {
  const client = await connectEncrypted(exchange.imapsPort, authority.caPem);
  const signedIn = await client.say(`1 AUTHENTICATE XOAUTH2 ${xoauth2(user, token)}`, /^1 /);
  if (!signedIn.at(-1)?.startsWith('1 OK')) return signedIn;
  const listed = await client.say('2 EXAMINE INBOX', /^2 /);
  return [...signedIn, listed.at(-1) ?? ''];
}

async function tryPop3({ exchange, authority }: World, user: string, token: string): Promise<string[]> {
  const client = await connectEncrypted(exchange.pop3sPort, authority.caPem);
  const [challenge = ''] = await client.say('AUTH XOAUTH2', /^\+ |^-ERR/);
  const [answer = ''] = await client.say(xoauth2(user, token), /^\+OK|^-ERR/);
  return [challenge, answer, ...(answer.startsWith('+OK') ? await client.say('STAT', /^\+OK|^-ERR/) : [])];
}

test('a person opens their own mailbox by IMAP and POP3, as Exchange greets, offers and answers', async (t) => {
  const world = await startExchangeWorld(t);
  const { exchange, authority, dovecot } = world;
  exchange.organisation.mailbox(support);
  await dovecot.deliver(support, Buffer.from('Subject: Hello\r\n\r\nGood day.\r\n'));
  const token = await world.tokenOf(support, scopes.imap);

  const client = await connectEncrypted(exchange.imapsPort, authority.caPem);
  assert.match(client.greeting, /^\* OK The Microsoft Exchange IMAP4 service is ready\. \[\w+=*\]$/);
  const [offered = ''] = await client.say('1 CAPABILITY', /^1 OK CAPABILITY completed\.$/);
  assert.match(offered, /AUTH=XOAUTH2 SASL-IR/);
  assert.doesNotMatch(offered, /CONDSTORE|MOVE/);
  const [asked] = await client.say('2 AUTHENTICATE XOAUTH2', /^\+/);
  assert.equal(asked, '+ ');
  assert.deepEqual(await client.say(xoauth2(support, token), /^2 /), ['2 OK AUTHENTICATE completed.']);
  assert.match((await client.say('3 CAPABILITY', /^3 OK/))[0] ?? '', /MOVE .*BACKENDAUTHENTICATE/);
  const examined = await client.say('4 EXAMINE INBOX', /^4 /);
  assert.ok(examined.includes('* 1 EXISTS'), examined.join('\n'));

  const pop = await connectEncrypted(exchange.pop3sPort, authority.caPem);
  assert.match(pop.greeting, /^\+OK The Microsoft Exchange POP3 service is ready\./);
  assert.deepEqual(await pop.say('CAPA', /^\.$/), ['+OK', 'TOP', 'UIDL', 'SASL PLAIN XOAUTH2', 'USER', '.']);
  assert.deepEqual(await tryPop3(world, support, await world.tokenOf(support, scopes.pop3)), [
    '+ ',
    '+OK User successfully authenticated.',
    '+OK 1 29',
  ]);
});

test('a token that is not for this is refused: of another resource, of another permission, or none', async (t) => {
  const world = await startExchangeWorld(t);
  world.exchange.organisation.mailbox(support);
  const others = [
    'not a token',
    await world.tokenOf(support, 'https://graph.microsoft.com/Mail.Read'),
    await world.tokenOf(support, scopes.smtp),
    (await world.tokenOfApp({ roles: [] })).token,
  ];
  for (const token of others) {
    assert.deepEqual(await tryImap(world, support, token), ['1 NO AUTHENTICATE failed.']);
    assert.deepEqual(await tryPop3(world, support, token), [
      '+ ',
      '-ERR Authentication failure: unknown user name or bad password.',
    ]);
  }
  const imap = await world.tokenOf(support, scopes.imap);
  assert.deepEqual(await tryImap(world, 'misspelt@contoso.example', imap), ['1 NO AUTHENTICATE failed.']);
});

test('a good token that opens nothing is authenticated and not connected, until what is wrong is mended', async (t) => {
  const world = await startExchangeWorld(t);
  const { organisation } = world.exchange;
  const mailbox = organisation.mailbox(support);
  organisation.mailbox(ann);
  const own = await world.tokenOf(support, scopes.imap);
  const anns = await world.tokenOf(ann, scopes.imap);
  const shutOut = ['1 OK AUTHENTICATE completed.', `2 ${notConnected}`];
  const open = async (token = own) => /^2 OK/.test((await tryImap(world, support, token)).at(-1) ?? '');
  const states: [wrong: () => void, mended: () => void, token: string][] = [
    [() => mailbox.fullAccess.delete(ann), () => mailbox.fullAccess.add(ann), anns],
    [() => (mailbox.licensed = false), () => (mailbox.licensed = true), own],
    [() => (mailbox.imapEnabled = false), () => (mailbox.imapEnabled = true), own],
    [() => (mailbox.place = 'on premises'), () => (mailbox.place = 'here'), own],
    [() => (mailbox.place = 'soft-deleted'), () => (mailbox.place = 'here'), own],
  ];
  for (const [wrong, mended, token] of states) {
    wrong();
    assert.deepEqual(await tryImap(world, support, token), shutOut, String(wrong));
    mended();
    assert.ok(await open(token), String(mended));
  }
  mailbox.passing = 1;
  assert.deepEqual(await tryImap(world, support, own), shutOut);
  assert.ok(await open());
  mailbox.aliases.add('help@contoso.example');
  assert.match((await tryImap(world, 'help@contoso.example', own)).at(-1) ?? '', /^2 OK/);
});

test('after “not connected” CAPABILITY is answered, a second command too, and then the connection ends', async (t) => {
  const world = await startExchangeWorld(t);
  const { exchange, authority } = world;
  exchange.organisation.mailbox(support).imapEnabled = false;
  const token = await world.tokenOf(support, scopes.imap);
  const client = await connectEncrypted(exchange.imapsPort, authority.caPem);
  await client.say(`1 AUTHENTICATE XOAUTH2 ${xoauth2(support, token)}`, /^1 OK/);
  assert.match((await client.say('2 CAPABILITY', /^2 OK/))[0] ?? '', /BACKENDAUTHENTICATE/);
  assert.deepEqual(await client.say('3 NAMESPACE', /^3 /), [`3 ${notConnected}`]);
  const last = await client.say('4 LIST "" "INBOX"', /BYE/);
  assert.deepEqual(last, [`4 ${notConnected}`, '* BYE Connection closed. 14']);
  assert.ok(await client.ended());
  assert.deepEqual(exchange.signIns, [{ protocol: 'imap', user: support, admission: 'not connected' }]);
});

test('an app by itself needs its role, its service principal by the right object ID, and the mailbox’s permission', async (t) => {
  const world = await startExchangeWorld(t);
  const { exchange } = world;
  const { organisation } = exchange;
  const mailbox = organisation.mailbox(support);
  const { token, app } = await world.tokenOfApp({ roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'] });
  const last = async () => (await tryImap(world, support, token)).at(-1) ?? '';
  mailbox.fullAccess.add(app.objectId);
  assert.equal(await last(), `2 ${notConnected}`, 'unknown');
  organisation.servicePrincipals.set(app.clientId, { objectId: '3f0c0c9e-0000-4000-8000-000000000000' });
  assert.equal(await last(), `2 ${notConnected}`, 'known by the object ID of the App registration');
  exchange.answerUnknownApps('refused');
  assert.equal(await last(), '1 NO AUTHENTICATE failed.');
  organisation.servicePrincipals.set(app.clientId, { objectId: app.objectId });
  mailbox.fullAccess.delete(app.objectId);
  assert.equal(await last(), `2 ${notConnected}`, 'without permission');
  mailbox.fullAccess.add(app.objectId);
  assert.match(await last(), /^2 OK/);
  assert.deepEqual((await tryPop3(world, support, token)).slice(1, 2), [
    '+OK User successfully authenticated.',
  ]);
});

test('who uses a mailbox too much is asked to wait, by both protocols', async (t) => {
  const world = await startExchangeWorld(t);
  world.exchange.organisation.mailbox(support).throttledMs = 92_415;
  const imap = await tryImap(world, support, await world.tokenOf(support, scopes.imap));
  assert.equal(imap.at(-1), '2 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds');
  const pop3 = await tryPop3(world, support, await world.tokenOf(support, scopes.pop3));
  assert.equal(pop3.at(-1), '-ERR Request is throttled. Suggested Backoff Time: 92415 milliseconds');
});

test('POP3 has one word for whatever is wrong, and takes tokens on a line of their own only', async (t) => {
  const world = await startExchangeWorld(t);
  const { exchange, authority } = world;
  const mailbox = exchange.organisation.mailbox(support);
  const token = await world.tokenOf(support, scopes.pop3);
  const refusal = '-ERR Authentication failure: unknown user name or bad password.';
  for (const state of [{ popEnabled: false }, { licensed: false }, { place: 'on premises' }] as const) {
    Object.assign(mailbox, { popEnabled: true, licensed: true, place: 'here' }, state);
    assert.deepEqual(await tryPop3(world, support, token), ['+ ', refusal]);
  }
  Object.assign(mailbox, { popEnabled: true, licensed: true, place: 'here', passing: 1 });
  assert.deepEqual(await tryPop3(world, support, token), ['+ ', '-ERR Server Unavailable. 21']);
  const client = await connectEncrypted(exchange.pop3sPort, authority.caPem);
  assert.deepEqual(await client.say(`AUTH XOAUTH2 ${xoauth2(support, token)}`, /^-ERR/), [
    '-ERR Protocol error. Connection is closed. 10',
  ]);
  assert.ok(await client.ended());
});

test('passwords are taken by nobody', async (t) => {
  const { exchange, authority } = await startExchangeWorld(t);
  exchange.organisation.mailbox(support);
  const imap = await connectEncrypted(exchange.imapsPort, authority.caPem);
  assert.deepEqual(await imap.say(`1 LOGIN ${support} lab`, /^1 /), ['1 NO LOGIN failed.']);
  const pop = await connectEncrypted(exchange.pop3sPort, authority.caPem);
  await pop.say(`USER ${support}`, /^\+OK/);
  assert.match((await pop.say('PASS lab', /^-ERR/)).at(-1) ?? '', /^-ERR Logon failure/);
});

test('mail is submitted with SMTP AUTH where it is on, from one’s own address or one that may be sent as', async (t) => {
  const world = await startExchangeWorld(t);
  const { exchange, authority, dovecot } = world;
  const { organisation } = exchange;
  const mailbox = organisation.mailbox(support);
  const token = await world.tokenOf(support, scopes.smtp);
  const authenticate = async () => {
    const client = await connectSubmission(exchange.submissionPort, authority.caPem);
    await client.say('EHLO client.example', /^250 /);
    const [answer = ''] = await client.say(`AUTH XOAUTH2 ${xoauth2(support, token)}`, /^\d/);
    return { client, answer };
  };
  organisation.smtpAuthDisabled = true;
  assert.match((await authenticate()).answer, /^535 5\.7\.139 .* is disabled for the Tenant\./);
  mailbox.smtpAuthEnabled = false;
  assert.match((await authenticate()).answer, /^535 5\.7\.139 .* is disabled for the Mailbox\./);
  mailbox.smtpAuthEnabled = true;

  const { client, answer } = await authenticate();
  assert.equal(answer, '235 2.7.0 Authentication successful');
  const send = async (from: string) => {
    await client.say(`MAIL FROM:<${from}>`, /^\d/);
    await client.say(`RCPT TO:<${ann}>`, /^\d/);
    await client.say('DATA', /^354/);
    return (await client.say('Subject: Hello\r\n\r\nGood day.\r\n.', /^\d/)).at(-1) ?? '';
  };
  assert.match(await send(ann), /^554 5\.2\.252 SendAsDenied; support@contoso\.example not allowed/);
  assert.match(await send(support), /^250 /);
  assert.equal((await dovecot.messages(ann)).length, 1);

  const others = await world.tokenOf(support, scopes.imap);
  const refused = await connectSubmission(exchange.submissionPort, authority.caPem);
  await refused.say('EHLO client.example', /^250 /);
  const [said = ''] = await refused.say(`AUTH XOAUTH2 ${xoauth2(support, others)}`, /^\d/);
  assert.match(said, /^535 5\.7\.3 Authentication unsuccessful/);
});
