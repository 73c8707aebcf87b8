import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createBrowser } from '../../lab/browser.ts';
import type { Administration, DeviceSignIn } from '../../src/administration/administration.ts';
import { createApi } from '../../src/api/api.ts';
import { createApp } from '../../src/http/app.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';

import { createLog } from '../../src/telemetry/log.ts';
import { until } from '../end-to-end/world.ts';
import { account, startWorld, type World } from './world.ts';

/** The API over what the world has of the administration. */
function apiOf({ profiles, consent, deviceCode, adminConsent }: World) {
  const resources = [profiles] as unknown as Administration['resources'];
  // Only their description is asked for
  const servers = { resource: profiles.resource } as Administration['servers'];
  const azureSetups = { resource: profiles.resource } as Administration['azureSetups'];
  const administration = {
    resources,
    profiles,
    servers,
    azureSetups,
    consent,
    deviceCode,
    adminConsent,
  } as Administration;
  const log = createLog('silent');
  const api = createApp({ apps: [createApi({ administration, authorize: async () => true, log })], log });
  return async (method: string, path: string) => {
    const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
    return api.request(path, { method, ...body });
  };
}

test('a sign-in by a code is begun, looked at and given up over the API', async (t) => {
  const world = await startWorld(t);
  world.authority.faults.deviceIntervalSeconds = 0.02;
  const { clientId } = world.authority.register({ publicClient: true });
  const input = { grant: 'device_code', clientAuthentication: 'none', clientId, clientSecret: undefined };
  const { id } = await world.create({ ...input, authorizationUrl: null });
  const ask = apiOf(world);
  const path = `/api/profiles/${id}/device-code`;
  assert.equal(await (await ask('GET', path)).json(), null);
  await ask('POST', path);
  assert.equal((await ask('DELETE', path)).status, 204);
  const begun = await ask('POST', path);
  assert.equal(begun.status, 201);
  const { userCode, verificationUri } = (await begun.json()) as DeviceSignIn;
  await createBrowser().enterCode(verificationUri, userCode, account);
  await until('the API tells the outcome', async () => {
    const { outcome } = (await (await ask('GET', path)).json()) as DeviceSignIn;
    return outcome?.kind === 'connected';
  });
  const elsewhere = await ask('POST', `/api/profiles/${id}/connect`);
  assert.equal(((await elsewhere.json()) as { code: string }).code, 'consent.not-needed');
});

test('the public certificate is downloaded as PEM, made anew, and its key never told', async (t) => {
  const world = await startWorld(t);
  const { id, clientCertificate } = await world.createAppOnly({
    clientAuthentication: 'certificate',
    clientSecret: undefined,
  });
  const ask = apiOf(world);
  const download = async () => {
    const answer = await ask('GET', `/api/profiles/${id}/certificate`);
    assert.equal(answer.headers.get('content-type'), 'application/x-pem-file');
    return answer.text();
  };
  assert.equal(await download(), clientCertificate?.pem);
  const renewed = (await (await ask('POST', `/api/profiles/${id}/certificate`)).json()) as CredentialProfile;
  const pem = await download();
  assert.equal(
    renewed.clientCertificate?.sha256,
    new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(),
  );
  assert.notEqual(pem, clientCertificate?.pem);
  assert.doesNotMatch(pem + JSON.stringify(renewed), /PRIVATE/);
  const other = await world.createAppOnly({ name: 'By secret' });
  assert.equal((await ask('GET', `/api/profiles/${other.id}/certificate`)).status, 404);
});
