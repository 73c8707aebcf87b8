import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtIn, resourcesOf } from '../../src/adapters.ts';
import { managed } from '../../src/administration/managed.ts';
import { configSchema } from '../../src/config/config.ts';
import { createCollection } from '../../src/resources/collection.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import { form } from '../http/fixtures.ts';
import { openVault } from '../resources/fixtures.ts';
import { openSignedIn } from './fixtures.ts';

test('a form whose change moves a secret asks for it, and saves with it', async (t) => {
  const { fetch, session, csrf, administration, store } = await openSignedIn(t, 'lively');
  const all = resourcesOf(builtIn);
  const parts = { store, vault: openVault, config: configSchema.parse({}), resources: Object.values(all) };
  const profiles = createCollection<CredentialProfile>(all.profiles, parts);
  Object.assign(administration.profiles, managed(profiles, {}));
  const { id } = await profiles.create({
    name: 'Contoso',
    tenant: 'contoso.com',
    clientId: '5a1c2b3d-0f7e-4c5b-9a8d-1e2f3a4b5c6d',
    clientSecret: 'the-first-secret',
  });
  const cookie = `__Host-letterbox=${session}`;
  const save = async (fields: Record<string, string>) => {
    const body = new URLSearchParams({
      csrf: csrf.token(session),
      name: 'Contoso',
      authentication: 'oauth2',
      provider: 'microsoft',
      grant: 'authorization_code',
      uses: 'imap',
      endpoints: 'discovered',
      tenant: 'contoso.com',
      clientId: '5a1c2b3d-0f7e-4c5b-9a8d-1e2f3a4b5c6d',
      clientAuthentication: 'secret',
      cloud: 'worldwide',
      ...fields,
    });
    const headers = { ...form, cookie, 'sec-fetch-site': 'same-origin' };
    return fetch(`/profiles/${id}`, { method: 'POST', headers, body: String(body) });
  };
  const edit = await fetch(`/profiles/${id}/edit`, { headers: { cookie } });
  assert.doesNotMatch(edit.text, /name="clientSecret"/);
  assert.equal((await save({ name: 'Renamed' })).status, 303);

  const refused = await save({ name: 'Renamed', tenant: 'other.example' });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /name="clientSecret"/);
  assert.match(refused.text, /client secret again.*Directory \(tenant\) ID/);
  assert.equal((await profiles.get(id)).tenant, 'contoso.com');

  const wrong = await save({ name: '', tenant: 'other.example', clientSecret: 'the-second-secret' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /name="clientSecret"/);
  assert.doesNotMatch(wrong.text, /the-second-secret/);
  const saved = await save({ name: 'Renamed', tenant: 'other.example', clientSecret: 'the-second-secret' });
  assert.equal(saved.status, 303);
  assert.equal((await profiles.get(id)).tenant, 'other.example');
});
