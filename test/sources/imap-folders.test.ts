import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DovecotWorld, mail, startDovecotWorld } from './dovecot-world.ts';
import { startScriptedImap } from './scripted-imap.ts';
import { localCertificates, mailServer, openSource, problemOf, readNow, type Seen, see } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

const places = (seen: Seen[]) => seen.map((event) => (event.kind === 'message' ? event.folder : event.code));

async function fill(user: string, folders: string[]): Promise<void> {
  for (const [n, folder] of folders.entries()) {
    world.dovecot.createFolder(user, folder);
    await world.dovecot.deliver(user, mail(n + 1), folder);
  }
}

const tree = ['INBOX', 'Orders', 'Orders/2026', 'Orders/2026/May', 'Private'];

test('a folder pattern means what it means in LIST: * over all levels, % within one', async (t) => {
  const user = 'patterns@example.com';
  await fill(user, tree);
  const read = async (folders: string[]) => {
    const source = openSource(t, world.server(user, { folders }), world.tokensFor(user));
    return places((await readNow(source)).seen);
  };
  assert.deepEqual(await read(['INBOX', 'Orders/%']), ['INBOX', 'Orders/2026']);
  assert.deepEqual(await read(['Orders*']), ['Orders', 'Orders/2026', 'Orders/2026/May']);
  assert.deepEqual(await read(['%']), ['INBOX', 'Orders', 'Private']);
  assert.deepEqual(await read(['INBOX', '*']), tree);
  assert.deepEqual(await read(['Private', 'P*', 'Private']), ['Private'], 'each folder once');
});

test('a special use means the folder that the server uses for it, whatever its name', async (t) => {
  const user = 'special@example.com';
  await fill(user, ['INBOX', 'Spam', 'Old']);
  const folders = ['INBOX', '\\Junk', '\\archive'];
  const source = openSource(t, world.server(user, { folders }), world.tokensFor(user));
  assert.deepEqual(places((await readNow(source)).seen), ['INBOX', 'Spam', 'Old']);
});

test('a special use is found by its flag also where the server does not announce SPECIAL-USE, as Exchange Online', async (t) => {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, {
    LIST({ send, ok }) {
      send('* LIST () "/" INBOX', '* LIST (\\HasNoChildren \\Junk) "/" "Unerwuenscht"');
      ok();
    },
  });
  t.after(() => imap.stop());
  const server = mailServer({ port: imap.port, certificateAuthority: caPem, folders: ['\\Junk'] });
  await readNow(openSource(t, server));
  assert.ok(imap.commands.includes('EXAMINE Unerwuenscht'));
});

test('a pattern or a special use that means no folder is told, after what there is was read', async (t) => {
  const user = 'nothing@example.com';
  await fill(user, ['INBOX']);
  for (const entry of ['Projects/*', '\\Junk']) {
    const source = openSource(t, world.server(user, { folders: [entry, 'INBOX'] }), world.tokensFor(user));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of source.messages(null, { watch: true, signal: new AbortController().signal }))
        if (event.kind === 'message') seen.push(event.position.folder);
    })();
    const problem = await problemOf(reading);
    assert.equal(problem.code, 'imap.folder-missing');
    assert.ok(problem.detail?.includes(JSON.stringify(entry)));
    assert.deepEqual(seen, ['INBOX']);
    assert.equal((await problemOf(source.inspect())).code, 'imap.folder-missing');
  }
});

test('a new folder that a pattern means joins at the next look', async (t) => {
  const user = 'joins@example.com';
  await fill(user, ['INBOX', 'Orders/1']);
  const server = world.server(user, { folders: ['INBOX', 'Orders/*'] });
  const source = openSource(t, server, world.tokensFor(user), { reconcileSeconds: 0.2 });
  const stop = new AbortController();
  const arrived: Seen[] = [];
  let isMade = false;
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind !== 'caught-up') arrived.push(await see(event));
    else if (!isMade) {
      isMade = true;
      world.dovecot.createFolder(user, 'Orders/2');
      await world.dovecot.deliver(user, mail(9), 'Orders/2');
    } else if (arrived.length === 3) stop.abort();
  }
  assert.deepEqual(places(arrived), ['INBOX', 'Orders/1', 'Orders/2']);
});

test('the folder that messages are moved to is not read because a pattern happens to mean it', async (t) => {
  const user = 'moved@example.com';
  await fill(user, ['INBOX', 'Done']);
  const server = world.server(user, { folders: ['*'], afterIntake: { action: 'move', folder: 'Done' } });
  const source = openSource(t, server, world.tokensFor(user));
  assert.deepEqual(places((await readNow(source)).seen), ['INBOX']);
});
