import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signInCheck } from '../../src/doctor/checks/sign-in.ts';
import { proveRestriction } from '../../src/doctor/restriction.ts';
import { testConnection } from '../../src/doctor/test-connection.ts';
import { type EwsWorld, mail, openSource, startEwsWorld } from '../sources/ews-world.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

test('Test connection goes from the name to the folders of an EWS mailbox, and says what its server lacks', async (t) => {
  const address = 'support@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  world.ews.faults.notifications = false;
  const [server, tokens] = [world.server(address), world.appTokens()];
  const details: string[] = [];
  for await (const { check, detail, passed } of testConnection({
    server,
    source: openSource(t, server, tokens),
    tokens,
  })) {
    assert.ok(passed, `${check}: ${detail}`);
    details.push(`${check}: ${detail}`);
  }
  assert.match(details.join('\n'), /for https:\/\/outlook\.office365\.com, issued to the application itself/);
  assert.match(details.join('\n'), /lacks streaming notifications, which is made up for$/m);
  assert.match(details.join('\n'), /^folder: Messages in INBOX: 1;/m);
});

test('the end of EWS in Exchange Online is told with a connection that works', async () => {
  const inspection = {
    folder: 'INBOX',
    messages: 1,
    capabilities: ['streaming notifications'],
    useful: [],
    folders: [],
  };
  const source = { inspect: async () => inspection } as never;
  const tokens = world.appTokens();
  const run = (host: string) =>
    signInCheck.run({ server: world.server('a@example.com', { host }), source, tokens });
  assert.match(await run('outlook.office365.com'), /blocked unless .* 1 April 2027/);
  assert.doesNotMatch(await run('mail.contoso.example'), /2027/);
});

test('an app restricted to one mailbox is proven to open no other; one that is not is found out', async (t) => {
  const [own, other] = ['own@example.com', 'board@example.com'];
  for (const address of [own, other]) world.ews.mailbox(address);
  world.ews.restrict('restricted-app', [own]);
  const prove = (tokens: ReturnType<EwsWorld['appTokens']>) =>
    proveRestriction(world.server(own), other, (server) => openSource(t, server, tokens));
  assert.equal((await prove(world.appTokens('restricted-app'))).outcome, 'refused');
  assert.equal((await prove(world.appTokens('careless-app'))).outcome, 'open');
  assert.equal((await prove(world.personalTokens(own))).outcome, 'refused');
});
