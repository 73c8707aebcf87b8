import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, GraphError, RetryHandlerOptions } from '@microsoft/microsoft-graph-client';
import type {
  Application,
  AppRoleAssignment,
  OAuth2PermissionGrant,
  PasswordCredential,
  ServicePrincipal,
} from '@microsoft/microsoft-graph-types';
import { decodeJwt } from 'jose';
import { exchangeAppId, graphAppId } from '../../lab/directory/resource-apps.ts';
import { makeSelfSigned } from '../../src/oauth/client-auth/self-signed.ts';
import { startDirectoryWorld } from './directory-world.ts';

/** Microsoft's own client against the stand-in: where the two differ, the stand-in is wrong. */

const everything =
  'Application.ReadWrite.All AppRoleAssignment.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All User.Read';

type World = Awaited<ReturnType<typeof startDirectoryWorld>>;

async function clientFor({ directory, tokenFor }: World, scope = everything, account?: string) {
  const token = await tokenFor(scope, account);
  return Client.initWithMiddleware({
    baseUrl: directory.origin,
    customHosts: new Set(['localhost']),
    authProvider: { getAccessToken: async () => token },
  });
}

async function refusal(request: Promise<unknown>): Promise<GraphError> {
  const error = await request.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GraphError, String(error));
  return error;
}

async function permission(client: Client, appId: string, value: string) {
  const found: ServicePrincipal = await client
    .api(`/servicePrincipals(appId='${appId}')`)
    .select('id,appRoles,oauth2PermissionScopes')
    .get();
  const published = [...(found.appRoles ?? []), ...(found.oauth2PermissionScopes ?? [])];
  return { resourceId: found.id ?? '', id: published.find((one) => one.value === value)?.id ?? '' };
}

test('an app that is registered, given a secret and consented to gets tokens with its roles', async (t) => {
  const world = await startDirectoryWorld(t);
  const client = await clientFor(world);
  const role = await permission(client, exchangeAppId, 'IMAP.AccessAsApp');
  const application: Application = await client.api('/applications').post({
    displayName: 'Intake',
    signInAudience: 'AzureADMyOrg',
    web: { redirectUris: ['https://letterbox.example/oauth/callback'] },
    requiredResourceAccess: [
      { resourceAppId: exchangeAppId, resourceAccess: [{ id: role.id, type: 'Role' }] },
    ],
  });
  const { appId = '', id = '' } = application as { appId: string; id: string };
  const added: PasswordCredential = await client
    .api(`/applications/${id}/addPassword`)
    .post({ passwordCredential: { displayName: 'Letterbox' } });
  const scope = 'https://outlook.office365.com/.default';
  const secret = added.secretText ?? '';
  assert.match(String((await world.appToken(appId, secret, scope)).error_description), /^AADSTS7000229/);

  const principal: ServicePrincipal = await client.api('/servicePrincipals').post({ appId });
  const rolesIn = async () => {
    const { access_token = '' } = await world.appToken(appId, secret, scope);
    return decodeJwt(access_token).roles;
  };
  assert.equal(await rolesIn(), undefined, 'nobody has consented yet');
  const assigned: AppRoleAssignment = await client
    .api(`/servicePrincipals/${role.resourceId}/appRoleAssignedTo`)
    .post({ principalId: principal.id, resourceId: role.resourceId, appRoleId: role.id });
  assert.deepEqual(await rolesIn(), ['IMAP.AccessAsApp']);
  const { value }: { value: AppRoleAssignment[] } = await client
    .api(`/servicePrincipals/${principal.id}/appRoleAssignments`)
    .get();
  assert.deepEqual(
    value.map(({ id: one, resourceDisplayName }) => [one, resourceDisplayName]),
    [[assigned.id, 'Office 365 Exchange Online']],
  );

  await client.api(`/servicePrincipals/${role.resourceId}/appRoleAssignedTo/${assigned.id}`).delete();
  assert.equal(await rolesIn(), undefined);
  const shown: Application = await client.api(`/applications(appId='${appId}')`).get();
  assert.equal(shown.passwordCredentials?.[0]?.secretText, null, 'a secret is told once');
  assert.equal(shown.passwordCredentials?.[0]?.hint, secret.slice(0, 3));
  await client.api(`/applications/${id}/removePassword`).post({ keyId: added.keyId });
  assert.match(String((await world.appToken(appId, secret, scope)).error_description), /^AADSTS7000215/);
});

test('an upsert by unique name makes an app once, and the name stays taken when it is deleted', async (t) => {
  const world = await startDirectoryWorld(t);
  const client = await clientFor(world);
  const upsert = (displayName: string) =>
    client
      .api("/applications(uniqueName='letterbox-1')")
      .header('Prefer', 'create-if-missing')
      .patch({ displayName });
  const made: Application = await upsert('First');
  assert.equal(await upsert('Second'), undefined, '204 has no content');
  const found: Application = await client.api("/applications(uniqueName='letterbox-1')").get();
  assert.deepEqual([found.id, found.displayName], [made.id, 'Second']);
  assert.equal(world.directory.applications().length, 1);
  await client.api(`/applications/${made.id}`).delete();
  assert.equal((await refusal(client.api("/applications(uniqueName='letterbox-1')").get())).statusCode, 404);
  const taken = await refusal(upsert('Third'));
  assert.deepEqual(
    [taken.statusCode, taken.code, taken.message],
    [400, 'Request_BadRequest', 'Another object with the same value for property uniqueName already exists.'],
  );
  const plain = await refusal(client.api("/applications(uniqueName='other')").patch({ displayName: 'X' }));
  assert.equal(plain.statusCode, 404, 'without the preference it is an update');
});

test('a certificate is one of the whole collection, and its key is told only where it is asked for', async (t) => {
  const world = await startDirectoryWorld(t);
  const client = await clientFor(world);
  const der = async (name: string) =>
    (await makeSelfSigned(name)).certificate.replace(/-----[^-]+-----|\s/g, '');
  const [first, second] = [await der('one'), await der('two')];
  const key = (value: string) => ({
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: value,
    displayName: 'x',
  });
  const { id }: Application = await client
    .api('/applications')
    .post({ displayName: 'Intake', keyCredentials: [key(first)] });
  const path = `/applications/${id}`;
  const plain: Application = await client.api(path).get();
  assert.equal(plain.keyCredentials?.[0]?.key, null);
  const { keyCredentials = [] }: Application = await client.api(path).select('keyCredentials').get();
  assert.equal(keyCredentials?.[0]?.key, first);
  await client.api(path).patch({ keyCredentials: [...(keyCredentials ?? []), key(second)] });
  const known = world.directory.applications()[0]?.keyCredentials;
  assert.deepEqual(
    known?.map((one) => one.key),
    [first, second],
  );
  assert.equal(known?.[0]?.keyId, keyCredentials?.[0]?.keyId);
  assert.equal(
    (await refusal(client.api(path).patch({ keyCredentials: [key(second), key(second)] }))).statusCode,
    400,
  );
  const broken = await refusal(client.api(path).patch({ keyCredentials: [key('bm8gY2VydA==')] }));
  assert.equal(broken.code, 'Request_BadRequest');
});

test('consent for everybody is one entry for client and resource, whose scope is replaced', async (t) => {
  const world = await startDirectoryWorld(t);
  const client = await clientFor(world);
  const { appId }: Application = await client.api('/applications').post({ displayName: 'Intake' });
  const { id: clientId }: ServicePrincipal = await client.api('/servicePrincipals').post({ appId });
  const { resourceId } = await permission(client, graphAppId, 'Mail.Read');
  const body = { clientId, consentType: 'AllPrincipals', resourceId, scope: 'Mail.Read openid' };
  const made: OAuth2PermissionGrant = await client.api('/oauth2PermissionGrants').post(body);
  const again = await refusal(client.api('/oauth2PermissionGrants').post(body));
  assert.deepEqual([again.statusCode, again.message], [409, 'Permission entry already exists.']);
  await client.api(`/oauth2PermissionGrants/${made.id}`).patch({ scope: 'Mail.Send' });
  const { value }: { value: OAuth2PermissionGrant[] } = await client
    .api('/oauth2PermissionGrants')
    .filter(`clientId eq '${clientId}' and consentType eq 'AllPrincipals'`)
    .get();
  assert.deepEqual(
    value.map(({ scope }) => scope),
    ['Mail.Send'],
  );
  const unknown = await refusal(
    client.api(`/oauth2PermissionGrants/${made.id}`).patch({ scope: 'Mail.Teleport' }),
  );
  assert.equal(unknown.statusCode, 400);
  await client.api(`/oauth2PermissionGrants/${made.id}`).delete();
  assert.deepEqual(world.directory.grants(), []);
});

test('what Graph refuses is refused: unknown and read-only properties, wrong ids, duplicates', async (t) => {
  const world = await startDirectoryWorld(t);
  const client = await clientFor(world);
  const { appId, id }: Application = await client.api('/applications').post({ displayName: 'Intake' });
  const principal: ServicePrincipal = await client.api('/servicePrincipals').post({ appId });
  const role = await permission(client, graphAppId, 'Mail.Read');
  const assign = (more = {}) =>
    client.api(`/servicePrincipals/${role.resourceId}/appRoleAssignedTo`).post({
      principalId: principal.id,
      resourceId: role.resourceId,
      appRoleId: role.id,
      ...more,
    });
  const [scope] = (await permission(client, graphAppId, 'openid')).id.split(' ');
  for (const [request, status, code] of [
    [() => client.api('/applications').post({ displayname: 'x' }), 400, 'Request_BadRequest'],
    [() => client.api('/applications').post({}), 400, 'Request_BadRequest'],
    [() => client.api(`/applications/${id}`).patch({ appId }), 400, 'Request_BadRequest'],
    [() => client.api(`/applications/${id}`).patch({ passwordCredentials: [] }), 400, 'Request_BadRequest'],
    [
      () => client.api(`/applications/${id}`).patch({ web: { redirectUris: ['http://a.example/'] } }),
      400,
      'Request_BadRequest',
    ],
    [() => client.api('/applications/no-id').get(), 400, 'Request_BadRequest'],
    [() => client.api(`/applications/${principal.id}`).get(), 404, 'Request_ResourceNotFound'],
    [() => client.api('/servicePrincipals').post({ appId }), 409, 'Request_MultipleObjectsWithSameKeyValue'],
    [() => client.api('/servicePrincipals').post({ appId: id }), 400, 'Request_BadRequest'],
    [() => assign({ appRoleId: scope }), 400, 'Request_BadRequest'],
    [() => assign({ resourceId: principal.id }), 400, 'Request_BadRequest'],
    [() => client.api('/nowhere').get(), 400, 'BadRequest'],
  ] as const) {
    const error = await refusal(request());
    assert.deepEqual([error.statusCode, error.code], [status, code], error.message);
  }
  await assign();
  const twice = await refusal(assign());
  assert.match(twice.message, /^Permission being assigned already exists/);
});

test('a token without the permission, or an account without the role, is refused', async (t) => {
  const world = await startDirectoryWorld(t);
  const weak = await clientFor(world, 'User.Read');
  assert.equal((await weak.api('/organization').get()).value[0].displayName, 'Contoso');
  const missing = await refusal(weak.api('/applications').post({ displayName: 'Intake' }));
  assert.deepEqual([missing.statusCode, missing.code], [403, 'Authorization_RequestDenied']);

  world.directory.roles.set('clerk@contoso.example', ['Cloud Application Administrator']);
  const clerk = await clientFor(world, everything, 'clerk@contoso.example');
  const { appId }: Application = await clerk.api('/applications').post({ displayName: 'Intake' });
  const principal: ServicePrincipal = await clerk.api('/servicePrincipals').post({ appId });
  const assign = async (resource: string, value: string) => {
    const { resourceId, id } = await permission(clerk, resource, value);
    return clerk
      .api(`/servicePrincipals/${resourceId}/appRoleAssignedTo`)
      .post({ principalId: principal.id, resourceId, appRoleId: id });
  };
  await assign(exchangeAppId, 'IMAP.AccessAsApp');
  assert.equal((await refusal(assign(graphAppId, 'Mail.Read'))).code, 'Authorization_RequestDenied');
  const stranger = Client.initWithMiddleware({
    baseUrl: world.directory.origin,
    customHosts: new Set(['localhost']),
    authProvider: { getAccessToken: async () => 'none' },
  });
  assert.equal((await refusal(stranger.api('/organization').get())).code, 'InvalidAuthenticationToken');
});

test('what was just made is not known everywhere at once, and the client waits as it is asked to', async (t) => {
  const world = await startDirectoryWorld(t);
  const client = await clientFor(world);
  const { faults } = world.directory;
  faults.lag.reads = 2;
  const { appId, id }: Application = await client.api('/applications').post({ displayName: 'Intake' });
  const read = () => client.api(`/applications/${id}`).get();
  assert.equal((await refusal(read())).code, 'Request_ResourceNotFound');
  const early = await refusal(client.api('/servicePrincipals').post({ appId }));
  assert.match(early.message, /does not reference a valid application object/);
  assert.equal((await read()).displayName, 'Intake');
  await client.api(`/applications/${id}`).patch({ displayName: 'Other' });
  assert.equal((await read()).displayName, 'Intake');

  faults.lag.reads = 0;
  faults.throttled = 1;
  faults.retryAfter = '0';
  const { value } = await client
    .api('/organization')
    .middlewareOptions([new RetryHandlerOptions(0, 3)])
    .get();
  assert.equal(value.length, 1);
  assert.deepEqual(
    world.directory.requests.slice(-2).map(({ status }) => status),
    [429, 200],
  );
});
