import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signInCheck } from '../../src/doctor/checks/sign-in.ts';
import { Examination } from '../../src/doctor/examination.ts';
import { proveRestriction } from '../../src/doctor/restriction.ts';
import { type EwsWorld, mail, openSource, startEwsWorld } from '../sources/ews-world.ts';
import { detailOf, examined, subjectOf } from './setting.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

test('Test connection goes from the name to the folders of an EWS mailbox, and says that its server tells of no new mail', async (t) => {
  const address = 'support@example.com';
  await world.ews.mailbox(address).deliver(mail(1));
  world.ews.faults.notifications = false;
  const [server, tokens] = [world.server(address), world.appTokens()];
  const { results, diagnosis } = await examined(subjectOf(server, openSource(t, server, tokens), tokens));
  assert.equal(diagnosis.problem, null);
  assert.match(detailOf(results, 'arrival'), /does not tell of it/);
  assert.match(detailOf(results, 'folders'), /^Messages in INBOX: 1;/);
});

test('the end of EWS in Exchange Online is told with a connection that works', async () => {
  const inspection = { folder: 'INBOX', messages: 1, capabilities: [], useful: [], tells: true, folders: [] };
  const source = { inspect: async () => inspection } as never;
  const run = async (host: string) => {
    const server = world.server('a@example.com', { host });
    const { signal } = new AbortController();
    const examination = new Examination(subjectOf(server, source, world.appTokens()), signal);
    return (await signInCheck.run(examination, signal)).detail;
  };
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
