import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailbox, startWorld } from './world.ts';

test('an app that may open one mailbox is proven to open no other, and the proof stays with its date', async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open();
  const { server } = await world.setUp(letterbox);
  const { mailboxAccess } = letterbox.administration;
  assert.equal(await mailboxAccess.restriction(server.id), null);
  const proof = await mailboxAccess.proveRestriction(server.id, { mailbox: 'board@contoso.example' });
  assert.equal(proof.outcome, 'refused');
  assert.match(proof.detail, /refuses the sign-in/);
  assert.deepEqual(await mailboxAccess.restriction(server.id), proof);
});

test('a proof is not taken for one: another server may be down, and the own mailbox proves nothing', async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open();
  const { server } = await world.setUp(letterbox);
  const { mailboxAccess } = letterbox.administration;
  await assert.rejects(mailboxAccess.proveRestriction(server.id, { mailbox: mailbox.toUpperCase() }), {
    code: 'input.invalid',
  });
  await assert.rejects(mailboxAccess.proveRestriction(server.id, { mailbox: 'nobody' }), {
    code: 'input.invalid',
  });
  await world.dovecot.stop();
  const { outcome } = await mailboxAccess.proveRestriction(server.id, { mailbox: 'board@contoso.example' });
  assert.equal(outcome, 'unclear');
});

test('access that opens another mailbox too is found out', async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open();
  // The password of the lab's mail server opens every mailbox, as a careless permission does.
  const profile = await letterbox.administration.profiles.create({
    name: 'By password',
    authentication: 'password',
    provider: 'custom',
    password: 'lab',
  });
  const server = await letterbox.administration.servers.create({
    name: 'Support',
    address: mailbox,
    host: world.dovecot.host,
    port: world.dovecot.imapsPort,
    profileId: profile.id,
    paused: true,
  });
  const proof = await letterbox.administration.mailboxAccess.proveRestriction(server.id, {
    mailbox: 'board@contoso.example',
  });
  assert.equal(proof.outcome, 'open');
});
