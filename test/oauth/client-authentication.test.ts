import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startWorkloadIssuer } from '../../lab/authority/workload-issuer.ts';
import { makeSelfSigned } from '../../src/oauth/client-auth/self-signed.ts';
import { formerKeyName, formerSecretName } from '../../src/oauth/sealed.ts';
import { json, startScriptedAuthority } from './scripted-authority.ts';
import { problemOf, session, startWorld, type World } from './world.ts';

const minutes = 60_000;
const days = 24 * 60 * minutes;

/** An app by itself that has its first token, and a clock that goes on only when told. */
async function startApp(t: TestContext, input: Record<string, unknown> = {}) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t);
  const { id, clientId } = await world.createAppOnly(input);
  const app = world.authority.app(clientId);
  const source = world.tokens.for(id, 'imap');
  /** Another token, when the present one runs out. */
  const next = () => {
    t.mock.timers.tick(61 * minutes);
    return source.accessToken();
  };
  return { ...world, id, app, source, next };
}

const warningOf = async ({ profiles, id }: World & { id: string }) => {
  const { state, problem } = await profiles.get(id);
  return [state, problem?.code];
};

test('a secret that is entered before the authority knows it leaves the former one in use, and says so', async (t) => {
  const world = await startApp(t);
  await world.profiles.authorize(world.id);
  await world.profiles.update(world.id, { clientSecret: 'the~new~one' });
  assert.ok((await world.next()).token);
  assert.deepEqual(await warningOf(world), ['connected', 'oauth.former-credential']);
  const { problem } = await world.profiles.get(world.id);
  assert.match(problem?.detail ?? '', /The client secret is wrong/);

  world.app.secrets.push('the~new~one');
  assert.ok((await world.next()).token);
  assert.deepEqual(await warningOf(world), ['connected', undefined]);
});

test('a former secret that is deleted at the authority first is missed by nobody', async (t) => {
  const world = await startApp(t);
  await world.profiles.authorize(world.id);
  world.app.secrets.push('the~new~one');
  await world.profiles.update(world.id, { clientSecret: 'the~new~one' });
  world.app.secrets.shift();
  assert.ok((await world.next()).token);
  assert.deepEqual(await warningOf(world), ['connected', undefined]);
});

test('a former secret goes when it is refused too, and the new one’s refusal is what is told', async (t) => {
  const world = await startApp(t);
  world.app.secrets = ['another'];
  await world.profiles.update(world.id, { clientSecret: 'wrong' });
  assert.ok(await world.store.secrets.read(world.id, formerSecretName));
  assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.AADSTS7000215');
  assert.equal(await world.store.secrets.read(world.id, formerSecretName), null);
});

test('a former secret is not tried after the day that it was good until', async (t) => {
  const world = await startApp(t, {
    clientSecretExpiresOn: new Date(Date.now() + days).toISOString().slice(0, 10),
  });
  await world.profiles.update(world.id, { clientSecret: 'wrong', clientSecretExpiresOn: null });
  assert.ok((await world.source.accessToken()).token);
  t.mock.timers.tick(3 * days);
  assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.AADSTS7000215');
});

test('a second slip keeps the secret that still works', async (t) => {
  const world = await startApp(t);
  await world.profiles.update(world.id, { clientSecret: 'wrong' });
  await world.source.accessToken();
  await world.profiles.update(world.id, { clientSecret: 'wrong again' });
  assert.ok((await world.next()).token);
});

test('the secret of another app is not tried', async (t) => {
  const world = await startApp(t);
  const other = world.authority.register({ appOnly: true });
  await world.profiles.update(world.id, { ...other, clientSecret: 'wrong' });
  assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.AADSTS7000215');
  assert.equal(world.authority.requests.length, 1);
});

test('a consent is redeemed with the former secret while the new one is not known yet', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  await world.profiles.update(id, { clientSecret: 'not known yet' });
  const { state, problem } = await world.connect(id);
  assert.deepEqual([state, problem?.code], ['connected', 'oauth.former-credential']);
});

test('a certificate is made here, given to the authority, and from then on there are tokens', async (t) => {
  const world = await startApp(t, { clientAuthentication: 'certificate', clientSecret: undefined });
  const { clientCertificate } = await world.profiles.get(world.id);
  assert.ok(clientCertificate);
  const certificate = new X509Certificate(clientCertificate.pem);
  assert.equal(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), clientCertificate.sha256);
  assert.match(clientCertificate.subject, /Letterbox Contoso app/);
  assert.ok(Date.parse(clientCertificate.expiresAt) > Date.now() + 700 * days);
  assert.equal((await problemOf(world.profiles.authorize(world.id))).code, 'oauth.AADSTS700027');

  world.app.certificates.push(certificate);
  assert.equal((await world.profiles.authorize(world.id)).state, 'connected');
  assert.equal(world.authority.requests.at(-1)?.client, 'certificate');
  const shown = JSON.stringify([await world.profiles.get(world.id), await world.profiles.list()]);
  assert.doesNotMatch(shown, /PRIVATE KEY/);
});

test('a renewed certificate waits until the authority knows it; the former one serves meanwhile', async (t) => {
  const world = await startApp(t, { clientAuthentication: 'certificate', clientSecret: undefined });
  const publicPart = async () => {
    const { clientCertificate } = await world.profiles.get(world.id);
    return new X509Certificate(clientCertificate?.pem ?? '');
  };
  world.app.certificates = [await publicPart()];
  await world.profiles.authorize(world.id);
  await world.profiles.renewCertificate(world.id);
  assert.notEqual((await publicPart()).fingerprint256, world.app.certificates[0]?.fingerprint256);
  assert.ok((await world.next()).token);
  assert.deepEqual(await warningOf(world), ['connected', 'oauth.former-credential']);
  world.app.certificates = [await publicPart()];
  assert.ok((await world.next()).token);
  assert.deepEqual(await warningOf(world), ['connected', undefined]);
});

test('a certificate that is given with its key is used, and its former one forgotten when it is refused', async (t) => {
  const world = await startApp(t, { clientAuthentication: 'certificate', clientSecret: undefined });
  const { key, certificate } = await makeSelfSigned('given');
  world.app.certificates = [new X509Certificate(certificate)];
  const { clientCertificate } = await world.profiles.update(world.id, {
    clientKeyPair: `${certificate}\n${key}`,
  });
  assert.equal(clientCertificate?.subject, 'CN=given');
  assert.equal((await world.profiles.authorize(world.id)).state, 'connected');
  world.app.certificates = [];
  await problemOf(world.next());
  assert.equal(await world.store.secrets.read(world.id, formerKeyName), null);
});

test('a certificate without its key, with another key, a weak one or none is refused, and never quoted', async (t) => {
  const world = await startWorld(t);
  const [own, other] = [await makeSelfSigned('own'), await makeSelfSigned('other')];
  const encrypted = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'hidden',
  });
  const wrong: [string, RegExp][] = [
    [own.certificate, /its private key in PEM/],
    [own.key, /a certificate in PEM/],
    ['hidden', /a certificate in PEM/],
    [`${own.certificate}\n${other.key}`, /the private key of the certificate/],
    [`${own.certificate}\n${encrypted}`, /without a pass phrase/],
  ];
  for (const [clientKeyPair, expected] of wrong) {
    const input = { clientAuthentication: 'certificate', clientSecret: undefined, clientKeyPair };
    const problem = await problemOf(world.createAppOnly(input));
    assert.deepEqual(
      problem.fields?.map(({ field }) => field),
      ['clientKeyPair'],
    );
    assert.match(problem.detail ?? '', expected);
    assert.doesNotMatch(JSON.stringify(problem), /BEGIN PRIVATE KEY-----\w|hidden/);
  }
  assert.deepEqual(await world.profiles.list(), []);
});

test('the assertion is PS256 for the token endpoint; RS256 where an authority lists that only', async (t) => {
  const world = await startWorld(t);
  const scripted = await startScriptedAuthority(t, world.certificates);
  const issuer = new URL(scripted.tokenUrl).origin;
  const metadata = { issuer, token_endpoint: scripted.tokenUrl };
  const listed = { ...metadata, token_endpoint_auth_signing_alg_values_supported: ['RS256'] };
  const token = json(200, { token_type: 'Bearer', access_token: 'one', expires_in: 3600 });
  const assertionFor = async (name: string, place: object) => {
    const profile = await world.profiles.create({
      name,
      provider: 'custom',
      grant: 'client_credentials',
      clientAuthentication: 'certificate',
      clientId: 'letterbox',
      ...place,
    });
    await world.profiles.authorize(profile.id);
    const parts = (scripted.asked.at(-1)?.get('client_assertion') ?? '').split('.');
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(atob(part.replace(/-/g, '+').replace(/_/g, '/'))));
    const thumbprint = Buffer.from(profile.clientCertificate?.sha256 ?? '', 'hex').toString('base64url');
    assert.equal(header['x5t#S256'], thumbprint);
    assert.deepEqual([claims.iss, claims.sub], ['letterbox', 'letterbox']);
    assert.ok(claims.exp - claims.nbf <= 600 && claims.jti);
    return [header.alg, claims.aud];
  };
  scripted.answers.push(token);
  assert.deepEqual(await assertionFor('By URL', { tokenUrl: scripted.tokenUrl }), [
    'PS256',
    scripted.tokenUrl,
  ]);
  scripted.answers.splice(0, 1, json(200, listed), token);
  assert.deepEqual(await assertionFor('By issuer', { issuer }), ['RS256', issuer]);
});

test('the other authority’s token is read anew at every use', async (t) => {
  const world = await startApp(t);
  const workload = await startWorkloadIssuer(world.certificates);
  t.after(workload.stop);
  const [folder = ''] = world.federation.tokenFolders;
  mkdirSync(folder);
  const federatedTokenFile = join(folder, 'token');
  const subject = 'system:serviceaccount:mail:letterbox';
  const trusted = { issuer: workload.issuer, subject, audience: 'api://AzureADTokenExchange' };
  world.app.federated.push(trusted);
  await world.profiles.update(world.id, { clientAuthentication: 'federated', federatedTokenFile });
  const missing = await problemOf(world.source.accessToken());
  assert.equal(missing.code, 'oauth.no-token-file');
  assert.match(missing.title, /no token file of that name/);

  const put = async (claims: Parameters<typeof workload.issue>[0]) =>
    writeFileSync(federatedTokenFile, `${await workload.issue({ expiresInSeconds: 7200, ...claims })}\n`);
  await put({ subject });
  assert.ok((await world.next()).token);
  assert.equal(world.authority.requests.at(-1)?.client, 'federated');
  await put({ subject: 'another' });
  const untrusted = await problemOf(world.next());
  assert.equal(untrusted.code, 'oauth.AADSTS700213');
  assert.match(untrusted.remedy ?? '', /Federated credentials/);
  await put({ subject });
  assert.ok((await world.next()).token);
  writeFileSync(federatedTokenFile, 'hidden, and no token');
  const none = await problemOf(world.next());
  assert.equal(none.title, 'The file holds no token of another authority');
  assert.doesNotMatch(JSON.stringify(none), /hidden/);
  await put({ subject, expiresInSeconds: 60 });
  const late = await problemOf(world.next());
  assert.equal(late.code, 'oauth.AADSTS700024');
  assert.match(late.cause ?? '', /is not renewed/);
});

test('no other file of the machine is read as a token, nor is it told what there is', async (t) => {
  const world = await startApp(t);
  const [folder = ''] = world.federation.tokenFolders;
  mkdirSync(folder);
  const outside = join(world.folder, 'outside');
  writeFileSync(outside, 'a.b.c');
  symlinkSync(outside, join(folder, 'link'));
  const files = [
    outside,
    join(world.folder, 'missing'),
    '/etc',
    '/etc/shadow',
    `${folder}/../outside`,
    `${folder}/link`,
    'token',
    folder,
    '',
  ];
  const told = new Set<string>();
  for (const federatedTokenFile of files.filter(Boolean)) {
    await world.profiles.update(world.id, { clientAuthentication: 'federated', federatedTokenFile });
    const { detail = '', code, title, cause, remedy } = await problemOf(world.source.accessToken());
    told.add(JSON.stringify([detail.replaceAll(federatedTokenFile, ''), code, title, cause, remedy]));
  }
  assert.equal(told.size, 1, [...told].join('\n'));
  assert.equal(world.authority.requests.length, 0);
});

test('the other authority’s token goes to the authorities that the configuration names only', async (t) => {
  const world = await startApp(t);
  const [folder = ''] = world.federation.tokenFolders;
  mkdirSync(folder);
  const federatedTokenFile = join(folder, 'token');
  writeFileSync(federatedTokenFile, 'a.b.c');
  const stranger = await startScriptedAuthority(t, world.certificates);
  await world.profiles.update(world.id, {
    provider: 'custom',
    tokenUrl: stranger.tokenUrl,
    clientAuthentication: 'federated',
    federatedTokenFile,
  });
  assert.equal((await problemOf(world.source.accessToken())).code, 'oauth.federated-host');
  assert.equal(stranger.asked.length, 0);
});

test('a public client signs people in without any credential, where the app allows it', async (t) => {
  const world = await startWorld(t);
  const redirectUris = [world.consent.redirectUri];
  const input = { clientAuthentication: 'none', clientSecret: undefined };
  const { clientId } = world.authority.register({ redirectUris, publicClient: true });
  const { id } = await world.create({ ...input, clientId });
  assert.equal((await world.connect(id)).state, 'connected');
  assert.equal(world.authority.requests.at(-1)?.client, 'none');

  const confidential = await world.create({ ...input, name: 'Confidential' });
  const problem = await problemOf(world.consent.complete(await world.signIn(confidential.id), session));
  assert.equal(problem.code, 'oauth.AADSTS7000218');
  assert.match(problem.remedy ?? '', /client authentication/);
});

test('what a client is to show must be there, and nothing else', async (t) => {
  const world = await startWorld(t);
  const refused = async (input: Record<string, unknown>) =>
    (await problemOf(world.createAppOnly(input))).fields?.map(({ field }) => field);
  assert.deepEqual(await refused({ clientSecret: '' }), ['clientSecret']);
  assert.deepEqual(await refused({ clientAuthentication: 'none', clientSecret: undefined }), [
    'clientAuthentication',
  ]);
  assert.deepEqual(await refused({ clientAuthentication: 'federated', clientSecret: undefined }), [
    'federatedTokenFile',
  ]);
  assert.deepEqual(await refused({ clientAuthentication: 'certificate' }), ['clientSecret']);
  assert.deepEqual(await refused({ clientKeyPair: 'x', password: 'y' }), ['password', 'clientKeyPair']);
  const { id } = await world.createAppOnly();
  assert.equal((await problemOf(world.profiles.renewCertificate(id))).code, 'profile.no-certificate');
});
