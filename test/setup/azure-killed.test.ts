import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readClaims } from '../../src/doctor/token-claims.ts';
import { endings } from '../endings.ts';
import { type AzureWorld, all, madeOf, startAzureWorld } from './azure-world.ts';

/**
 * A process that is killed, at each request of a set-up in turn: the request is carried out or not, no answer ever comes,
 * and nothing of that process runs again. Another one goes on, with what is stored.
 */

let world: AzureWorld;
const ends: (() => unknown)[] = [];
before(async () => {
  world = await startAzureWorld({ after: (end: () => unknown) => ends.push(end) } as never);
});
after(async () => {
  for (const end of ends.toReversed()) await end();
});

interface Case {
  grant: string;
  clientAuthentication: string;
  uses: string[];
  lag?: number;
}

const cases: Case[] = [
  { grant: 'authorization_code', clientAuthentication: 'certificate', uses: ['imap'] },
  { grant: 'client_credentials', clientAuthentication: 'secret', uses: ['imap', 'graph'], lag: 1 },
];

let count = 0;

/** Begins a set-up in a process that dies at its request of that number; false where it came to its end before. */
async function killedAt(request: number, carriedOut: boolean, input: object) {
  const { directory } = world;
  const { id } = await world.begin({
    name: `killed ${++count}`,
    mailbox: `m${count}@contoso.example`,
    ...input,
  });
  const dying = world.reopen();
  await world.signIn(id, { setups: dying });
  const reached = Promise.withResolvers<'killed'>();
  const at = directory.requests.length + request;
  directory.faults.halt = {
    at,
    carriedOut,
    reached: () => reached.resolve('killed'),
  };
  const ended = all(dying.make(id)).then(() => 'ended' as const);
  ended.catch(() => undefined);
  const outcome = await Promise.race([reached.promise, ended]);
  directory.faults.halt = null;
  // Whether a read is carried out makes no difference
  const isRead = directory.requests[at - 1]?.method === 'GET';
  return { id, isKilled: outcome === 'killed', isRead };
}

async function undoIn(setups: AzureWorld['setups'], id: string): Promise<void> {
  if (await setups.undoNeedsSignIn(id)) await world.signIn(id, { setups });
  await all(setups.undo(id));
}

for (const { lag = 0, ...input } of cases) {
  const title = `${input.uses.join(' and ')} by ${input.grant}, ${input.clientAuthentication}${lag ? ', known late' : ''}`;

  test(`killed at any request and gone on with, there is one of each: ${title}`, async (t) => {
    const after = endings(t);
    after(() => {
      world.directory.faults.lag.reads = 0;
    });
    world.directory.faults.lag.reads = lag;
    const empty = world.directory.snapshot();
    let killed = 0;
    for (let request = 1; ; request++) {
      const places = [];
      for (const carriedOut of [true, false]) {
        const { id, isKilled, isRead } = await killedAt(request, carriedOut, input);
        places.push(isKilled);
        const setups = world.reopen();
        await world.signIn(id, { setups });
        await all(setups.make(id));
        const where = `request ${request}, ${carriedOut ? 'carried out' : 'lost'}`;
        const byItself = input.grant === 'client_credentials';
        assert.deepEqual(
          madeOf(world),
          {
            applications: 1,
            principals: 1,
            assignments: byItself ? input.uses.length : 0,
            grants: byItself ? 0 : 2,
            keys: input.clientAuthentication === 'certificate' ? 1 : 0,
            passwords: input.clientAuthentication === 'secret' ? 1 : 0,
          },
          where,
        );
        const { profileId, serverId } = await setups.get(id);
        const profile = await world.profiles.get(profileId);
        assert.equal(profile.clientId, world.directory.applications()[0]?.appId, where);
        if (byItself) {
          await world.profiles.authorize(profileId);
          const { token } = await world.tokens.for(profileId, input.uses[0] ?? '').accessToken();
          assert.ok((readClaims(token)?.roles ?? []).length > 0, where);
        }
        assert.ok(await world.resources.servers.get(serverId));
        await world.signIn(id, { setups });
        assert.deepEqual(await setups.plan(id), [], where);
        await undoIn(setups, id);
        assert.deepEqual(world.directory.snapshot(), empty, where);
        if (isRead) break;
      }
      if (!places.includes(true)) break;
      killed++;
    }
    assert.ok(killed > 20, `${killed} requests`);
  });

  test(`undone after it was killed at any request, nothing is left of it: ${title}`, async (t) => {
    const after = endings(t);
    after(() => {
      world.directory.faults.lag.reads = 0;
    });
    world.directory.faults.lag.reads = lag;
    const empty = world.directory.snapshot();
    for (let request = 1; ; request++) {
      const places = [];
      for (const carriedOut of [true, false]) {
        const { id, isKilled, isRead } = await killedAt(request, carriedOut, input);
        places.push(isKilled);
        const { profileId, serverId } = await world.setups.get(id);
        // What was never carried out is looked for in vain
        await undoIn(world.reopen(800), id);
        assert.deepEqual(world.directory.snapshot(), empty, `request ${request}`);
        assert.equal(await world.resources.profiles.find(profileId), null);
        assert.equal(await world.resources.servers.find(serverId), null);
        await assert.rejects(world.setups.get(id), { code: 'not-found' });
        if (isRead) break;
      }
      if (!places.includes(true)) break;
    }
  });
}
