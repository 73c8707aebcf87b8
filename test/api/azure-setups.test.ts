import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startAzureLab } from '../setup/azure-lab.ts';
import { until } from '../until.ts';
import { type Reply, startWorld } from './world.ts';

const path = '/api/setup/azure';

async function startSetUp(t: TestContext) {
  const lab = await startAzureLab(t);
  const world = await startWorld(t);
  const { call } = world;
  return {
    ...lab,
    ...world,
    begin: async (input: object = {}) =>
      (await call('POST', path, { name: 'Contoso', ...lab.cloud, ...input })).json,
    async signIn(id: string) {
      const { json, status } = await call('POST', `${path}/${id}/sign-in`);
      assert.equal(status, 201);
      await lab.enterCode(json.signIn.verificationUri, json.signIn.userCode);
      await until('somebody has signed in', async () => {
        const { signIn } = (await call('GET', `${path}/${id}`)).json;
        return signIn.outcome?.kind === 'connected';
      });
    },
  };
}

const linesOf = ({ text }: Reply) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a set-up is begun, signed in to, planned, made and undone by the API, each answer as it is described', async (t) => {
  const { call, begin, signIn, directory, authority } = await startSetUp(t);
  const { id, administrator, made } = await begin({ grant: 'client_credentials', uses: ['imap', 'graph'] });
  assert.deepEqual([administrator, made], [null, []]);
  assert.equal((await call('GET', `${path}/${id}/plan`)).json.code, 'azure.not-signed-in');
  await signIn(id);
  const planned = (await call('GET', `${path}/${id}/plan`)).json;
  assert.deepEqual(
    planned.map(({ kind }: { kind: string }) => kind),
    ['application', 'service-principal', 'certificate', 'app-role', 'app-role', 'profile', 'sign-in'],
  );
  const lines = linesOf(await call('POST', `${path}/${id}/make`));
  assert.deepEqual(
    lines.filter(({ state }) => state === 'made').map(({ title }) => title),
    planned.map(({ title }: { title: string }) => title),
  );
  const finished = (await call('GET', `${path}/${id}`)).json;
  assert.ok(finished.finishedAt);
  assert.equal((await call('GET', `/api/profiles/${finished.profileId}`)).json.state, 'connected');
  const [access] = (await call('GET', `${path}/${id}/exchange`)).json;
  assert.match(access.commands.join('\n'), new RegExp(finished.appId));
  const everything = JSON.stringify([lines, finished, (await call('GET', path)).json]);
  for (const token of directory.tokens) assert.ok(!everything.includes(token));
  assert.equal(authority.tenant, finished.organisation.id);

  await signIn(id);
  const taken = linesOf(await call('POST', `${path}/${id}/undo`));
  assert.equal(taken.at(-1).state, 'taken');
  assert.equal((await call('GET', `${path}/${id}`)).status, 404);
  assert.deepEqual(directory.applications(), []);
});

test('the code is given up, a set-up that made nothing is forgotten, and one under way is stopped', async (t) => {
  const { call, begin, signIn, directory } = await startSetUp(t);
  const { id } = await begin();
  await call('POST', `${path}/${id}/sign-in`);
  assert.equal((await call('DELETE', `${path}/${id}/sign-in`)).status, 204);
  assert.equal((await call('GET', `${path}/${id}`)).json.signIn, null);
  assert.equal((await call('DELETE', `${path}/${id}`)).status, 204);
  assert.equal((await call('DELETE', `${path}/${id}`)).status, 404);

  const other = await begin();
  await signIn(other.id);
  const halted = Promise.withResolvers<void>();
  directory.faults.halt = {
    at: directory.requests.length + 12,
    carriedOut: true,
    reached: halted.resolve,
  };
  const making = call('POST', `${path}/${other.id}/make`);
  await halted.promise;
  assert.equal((await call('GET', `${path}/${other.id}`)).json.underWay, 'making');
  assert.equal((await call('POST', `${path}/${other.id}/sign-in`)).json.code, 'azure.under-way');
  assert.equal((await call('POST', `${path}/${other.id}/stop`)).status, 204);
  assert.equal(linesOf(await making).at(-1).problem.code, 'azure.stopped');
  const stopped = (await call('GET', `${path}/${other.id}`)).json;
  assert.deepEqual([stopped.underWay, stopped.problem.code], [null, 'azure.stopped']);
  assert.equal((await call('DELETE', `${path}/${other.id}`)).json.code, 'azure.made-things');
});

test('scripts are given for a new app, and what one printed is entered', async (t) => {
  const { call, begin, authority } = await startSetUp(t);
  const { id } = await begin({ grant: 'client_credentials', clientAuthentication: 'secret' });
  const scripts = (await call('GET', `${path}/${id}/scripts`)).json;
  assert.deepEqual(
    scripts.map(({ name }: { name: string }) => name),
    ['azure-cli', 'graph-powershell', 'terraform'],
  );
  const app = authority.register({ appOnly: true });
  const invalid = await call('POST', `${path}/${id}/enter`, { clientId: 'x' });
  assert.equal(invalid.status, 422);
  const entered = { clientId: app.clientId, tenant: authority.tenant, clientSecret: app.clientSecret };
  const lines = linesOf(await call('POST', `${path}/${id}/enter`, entered));
  assert.equal(lines.at(-1).state, 'made', JSON.stringify(lines.at(-1)));
  assert.ok((await call('GET', `${path}/${id}`)).json.finishedAt);
});

test('whoever is not signed in to the console sees and does nothing of it', async (t) => {
  const { fetch, begin } = await startSetUp(t);
  const { id } = await begin();
  const headers = { 'sec-fetch-site': 'same-origin' };
  for (const [method, end] of [
    ['GET', ''],
    ['POST', '/make'],
    ['GET', '/scripts'],
    ['POST', '/undo'],
  ] as const)
    assert.equal((await fetch(`${path}/${id}${end}`, { method, headers })).status, 401);
});
