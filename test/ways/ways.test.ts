import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localApi } from '../../src/local-api.ts';
import { filesUnder } from './document.ts';
import { startWays } from './world.ts';

/** Told by none of the ways. */
const leftOut = [
  // Parsing; waiting and taking turns; plain data
  'src/mime/',
  'src/concurrency/',
  'src/model/',
  // On its own clock: a second after anything changed, all is looked at that administrators may have to be told
  'src/notices/',
  'src/administration/notices.ts',
  'src/administration/deliveries.ts',
  'src/oauth/credential-expiry.ts',
  'src/store/sql/notices.ts',
  'src/store/sql/quarantine.ts',
];

/** Each thing is done so often; what did not work every time is on no way. */
const times = 3;

const isTold = (file: string) => !leftOut.some((place) => file.startsWith(place));

test('the three ways go through the files that the document names, and through no other', async (t) => {
  const { authority, letterbox, server, coverage, connect, sendMessage, untilWatched } = await startWays(t);
  const { servers } = letterbox.administration;

  async function wayOf(work: (time: number) => Promise<unknown>): Promise<string[]> {
    const takes: Set<string>[] = [];
    for (let time = 0; time < times; time++) takes.push(await coverage.during(() => work(time)));
    const [first = new Set<string>()] = takes;
    return [...first].filter((file) => isTold(file) && takes.every((take) => take.has(file))).toSorted();
  }

  const message = await wayOf(sendMessage);

  await servers.pause(server.id);
  authority.faults.accessTokenSeconds = 1;
  await connect();
  const token = await wayOf(() => servers.syncOnce(server.id));

  authority.faults.accessTokenSeconds = 3600;
  await connect();
  await untilWatched(() => servers.resume(server.id));
  const api = localApi(letterbox);
  const change = await wayOf((time) =>
    untilWatched(async () => {
      const body = JSON.stringify({ username: time % 2 === 0 ? server.address : null });
      const headers = { 'content-type': 'application/json' };
      const response = await api.request(`/api/servers/${server.id}`, { method: 'PATCH', body, headers });
      assert.equal(response.status, 200, await response.text());
    }),
  );

  t.diagnostic(`the way of a message: ${message.length} files`);
  const found = {
    'The way of a message': message,
    'The way of a token': token.filter((file) => !message.includes(file)),
    'The way of a change': change.filter((file) => !message.includes(file)),
  };
  for (const [heading, files] of Object.entries(found))
    await t.test(heading, () => assert.deepEqual(files, filesUnder(heading).toSorted()));
});
