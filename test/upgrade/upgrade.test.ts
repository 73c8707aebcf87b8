import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Letterbox, openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { localApi } from '../../src/local-api.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { receipt, temporaryFolder } from '../store/fixtures.ts';
import { createListing } from './listing.ts';

const folderOfBefore = fileURLToPath(new URL('data-folder/', import.meta.url));
const { password, ...expected } = JSON.parse(
  readFileSync(new URL('expected.json', import.meta.url), 'utf8'),
) as { password: string } & Awaited<ReturnType<typeof createListing>>;

/** A copy of the data folder, to be opened. */
function folderOf(t: TestContext): string {
  const folder = temporaryFolder(t);
  for (const file of readdirSync(folderOfBefore))
    copyFileSync(join(folderOfBefore, file), join(folder, file));
  return folder;
}

async function opened<T>(folder: string, work: (letterbox: Letterbox) => Promise<T>): Promise<T> {
  const letterbox = await openLetterbox(configSchema.parse({ dataFolder: folder }), createLog('silent'));
  try {
    return await work(letterbox);
  } finally {
    await letterbox.close();
  }
}

/** What `sample` has of a value: fields that a later release added are left out. Lists stay as long as they are. */
function inTermsOf(sample: unknown, value: unknown): unknown {
  if (typeof sample !== 'object' || sample === null || typeof value !== 'object' || value === null)
    return value;
  if (Array.isArray(sample) && Array.isArray(value)) return value.map((one, n) => inTermsOf(sample[n], one));
  return Object.fromEntries(
    Object.entries(sample)
      .filter(([name]) => name in value)
      .map(([name, one]) => [name, inTermsOf(one, (value as Record<string, unknown>)[name])]),
  );
}

test('a data folder of the release before has everything that it had, also when it is opened again', async (t) => {
  const folder = folderOf(t);
  for (const time of ['first', 'second']) {
    const listing: Record<string, unknown> = await opened(folder, (letterbox) =>
      createListing(letterbox, folder),
    );
    for (const [what, wanted] of Object.entries(expected)) {
      const found = listing[what];
      assert.deepEqual(inTermsOf(wanted, found), wanted, `${what}, opened for the ${time} time`);
      // A list by id has nothing besides, either.
      if (what !== 'notifications' && what !== 'notification')
        assert.equal(Object.keys(found as object).length, Object.keys(wanted as object).length, what);
    }
  }
});

test('its administrator signs in with the password of before', async (t) => {
  const { session, wrong } = await opened(folderOf(t), async ({ administration: { signIn } }) => ({
    session: await signIn.verify(await signIn.signIn({ password }, 'here')),
    wrong: await signIn.signIn({ password: `${password}.` }, 'here').catch(({ code }) => code),
  }));
  assert.deepEqual([session, wrong], [true, 'sign-in.refused']);
});

test('its mail is not stored again: known where it lay, and recognised where it lies now', async (t) => {
  await opened(folderOf(t), async (letterbox) => {
    const { store } = letterbox;
    const place = { folder: 'INBOX', validity: '1700000000' };
    const support = expected.servers.find(({ name }: { name: string }) => name === 'Support');
    assert.deepEqual(
      [
        ...(await store.messages.known(support.id, place, ['8', '9', '10', '11', '12', '13'])).keys(),
      ].toSorted(),
      ['10', '11', '12', '9'],
    );
    const kept = expected.messages.filter(({ id }) => expected.sources[id] !== 'message.source-expired');
    for (const { id, serverId } of kept) {
      const answer = await localApi(letterbox).request(`/api/messages/${id}/raw`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const server = expected.servers.find((one: { id: string }) => one.id === serverId);
      const again = receipt(1, '', { ...parseMessage(bytes), raw: { bytes } });
      const renumbered = { ...again, position: { folder: 'INBOX', validity: 'another', uid: id } };
      assert.deepEqual(await store.messages.receive(server, [renumbered]), [
        { outcome: 'recognised', messageId: id },
      ]);
    }
    assert.equal(kept.length, 5);
  });
});

test('what was kept can still be changed', async (t) => {
  await opened(folderOf(t), async (letterbox) => {
    for (const [resource, list] of [
      ['profiles', expected.profiles],
      ['servers', expected.servers],
      ['outgoing-servers', expected.outgoingServers],
      ['destinations', expected.destinations],
    ])
      for (const { id, name } of list) {
        const response = await localApi(letterbox).request(`/api/${resource}/${id}`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: `${name} now` }),
        });
        const changed = (await response.json()) as { name: string };
        assert.deepEqual([response.status, changed.name], [200, `${name} now`], JSON.stringify(changed));
      }
  });
});
