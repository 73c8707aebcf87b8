import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImapFlow } from 'imapflow';
import * as client from 'openid-client';
import { createBrowser } from '../../lab/browser.ts';
import { startDovecot } from '../../lab/dovecot/index.ts';
import { startAuthorityWorld } from './authority-world.ts';

const scope = 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access openid profile email';
const redirectUri = 'https://letterbox.example/oauth/callback';
const account = 'support@contoso.example';

/** The whole code flow with PKCE, as a foreign client does it. */
async function consent({ authority }: Awaited<ReturnType<typeof startAuthorityWorld>>, redeem = true) {
  const { clientId, clientSecret } = authority.register({ redirectUris: [redirectUri] });
  const config = await client.discovery(new URL(authority.issuer), clientId, clientSecret);
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state: 'state-1',
    prompt: 'select_account',
    login_hint: account,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const callback = await createBrowser().consent(url, account);
  const exchange = () =>
    client.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier, expectedState: 'state-1' });
  return { config, callback, exchange, tokens: redeem ? await exchange() : null };
}

/** The error answer of a refused request, as Entra words it. */
async function refusal(
  request: Promise<unknown>,
): Promise<{ error: string; code: number; description: string }> {
  try {
    await request;
  } catch (error) {
    const { error: name, error_description, cause } = error as client.ResponseBodyError;
    const [code] = (cause as unknown as { error_codes: number[] }).error_codes;
    return { error: name, code: code ?? 0, description: error_description ?? '' };
  }
  throw new Error('the request was not refused');
}

test('a foreign OpenID client gets consent with PKCE, rotating tokens and Entra’s claims', async (t) => {
  const lab = await startAuthorityWorld(t);
  const { config, tokens } = await consent(lab);
  assert.equal(tokens?.claims()?.preferred_username, account);
  assert.equal(tokens?.claims()?.tid, lab.authority.tenant);
  const payload = JSON.parse(Buffer.from(tokens?.access_token.split('.')[1] ?? '', 'base64url').toString());
  assert.equal(payload.upn, account);
  assert.equal(payload.scp, 'IMAP.AccessAsUser.All');
  assert.equal(payload.aud, 'https://outlook.office.com');
  const refreshed = await client.refreshTokenGrant(config, tokens?.refresh_token ?? '', { scope });
  assert.notEqual(refreshed.refresh_token, tokens?.refresh_token);
  assert.ok((await client.refreshTokenGrant(config, tokens?.refresh_token ?? '', { scope })).access_token);
});

test('errors are Entra’s: replayed code, wrong and expired secret, unknown app, revoked consent', async (t) => {
  const lab = await startAuthorityWorld(t);
  const { authority } = lab;
  const { config, exchange, tokens } = await consent(lab);
  const replayed = await refusal(exchange());
  assert.deepEqual([replayed.error, replayed.code], ['invalid_grant', 54005]);
  assert.match(replayed.description, /^AADSTS54005: .*Trace ID: .*Correlation ID: .*Timestamp: /);

  const { clientId } = authority.register({ appOnly: true, upn: account });
  const asking = async (id: string, secret: string) => {
    const app = await client.discovery(new URL(authority.issuer), id, secret);
    return client.clientCredentialsGrant(app, { scope: 'https://outlook.office365.com/.default' });
  };
  assert.equal((await refusal(asking(clientId, 'wrong'))).code, 7000215);
  assert.equal((await refusal(asking('3f0c0c9e-0000-4000-8000-000000000000', 'x'))).code, 700016);
  authority.faults.secretExpired = true;
  assert.equal((await refusal(asking(clientId, 'whatever'))).code, 7000222);
  authority.faults.secretExpired = false;

  authority.revokeConsents();
  const revoked = await refusal(client.refreshTokenGrant(config, tokens?.refresh_token ?? '', { scope }));
  assert.deepEqual([revoked.error, revoked.code], ['invalid_grant', 50173]);
});

test('a person who cancels is sent back with access_denied; a wrong redirect URI never redirects', async (t) => {
  const lab = await startAuthorityWorld(t);
  const { clientId, clientSecret } = lab.authority.register({ redirectUris: [redirectUri] });
  const config = await client.discovery(new URL(lab.authority.issuer), clientId, clientSecret);
  const challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier());
  const url = (redirect_uri: string) =>
    client.buildAuthorizationUrl(config, {
      redirect_uri,
      scope,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
  const refused = await createBrowser().consent(url(redirectUri), account, 'cancel');
  assert.equal(refused.searchParams.get('error'), 'access_denied');
  assert.match(refused.searchParams.get('error_description') ?? '', /AADSTS65004/);
  const wrong = await fetch(url('https://elsewhere.example/'), { redirect: 'manual' });
  assert.equal(wrong.headers.get('location'), null);
  assert.match(await wrong.text(), /AADSTS50011/);
});

test('Dovecot takes the authority’s tokens for exactly their user, by XOAUTH2', async (t) => {
  const lab = await startAuthorityWorld(t);
  const dovecot = await startDovecot({ ...lab, folder: join(lab.folder, 'dovecot') });
  lab.after(() => dovecot.stop());
  const { clientId, clientSecret } = lab.authority.register({ appOnly: true, upn: account });
  const app = await client.discovery(new URL(lab.authority.issuer), clientId, clientSecret);
  const { access_token } = await client.clientCredentialsGrant(app, {
    scope: 'https://outlook.office365.com/.default',
  });
  const signIn = async (user: string) => {
    const imap = new ImapFlow({
      host: 'localhost',
      port: dovecot.imapsPort,
      secure: true,
      auth: { user, accessToken: access_token },
      logger: false,
    });
    await imap.connect();
    await imap.logout();
  };
  await signIn(account);
  await assert.rejects(signIn('someone.else@contoso.example'), { authenticationFailed: true });
});

test('a token request that names no, several or unknown resources is refused as Entra does', async (t) => {
  const { authority } = await startAuthorityWorld(t);
  const { clientId, clientSecret } = authority.register({ appOnly: true, accounts: 'all' });
  const code = async (form: Record<string, string>, tenant = authority.tenant) => {
    const body = new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
      ...form,
    });
    const url = `${authority.origin}/${tenant}/oauth2/v2.0/token`;
    const { error_codes } = (await (await fetch(url, { method: 'POST', body })).json()) as {
      error_codes?: number[];
    };
    return error_codes?.[0];
  };
  const outlook = 'https://outlook.office365.com/.default';
  const graph = 'https://graph.microsoft.com/.default';
  assert.equal(await code({ scope: outlook }), undefined);
  assert.equal(await code({ scope: `${outlook} ${graph}` }), 28000);
  assert.equal(await code({ scope: 'https://graph.microsoft.com/Mail.Read' }), 1002012);
  assert.equal(await code({ scope: 'https://unknown.example/.default' }), 500011);
  assert.equal(await code({ scope: outlook }, 'common'), 9001023);
  assert.equal(await code({ scope: outlook }, 'unknown.example'), 90002);
  assert.equal(await code({ grant_type: 'device_code', device_code: 'unknown' }), 70018);
  authority.app(clientId).accounts = 'one-tenant';
  assert.equal(await code({ scope: outlook }, 'organizations'), 50194);
  assert.equal(await code({ scope: outlook }, 'consumers'), 9002332);
});

test('a scope that does not exist, and an account of the wrong kind, are refused in the browser', async (t) => {
  const { authority } = await startAuthorityWorld(t);
  const { clientId } = authority.register({ redirectUris: [redirectUri], accounts: 'many-tenants' });
  const url = (asked: string, tenant = authority.tenant) => {
    const parameters = {
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: asked,
      state: 'state-1',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    };
    return new URL(`${authority.origin}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(parameters)}`);
  };
  const back = await createBrowser().consent(url('https://outlook.office.com/IMAP.Nonsense openid'), account);
  assert.match(back.searchParams.get('error_description') ?? '', /AADSTS650053/);
  assert.equal(back.searchParams.get('state'), 'state-1');
  await assert.rejects(
    createBrowser().consent(url(scope, 'organizations'), 'ann@outlook.example'),
    /AADSTS50020/,
  );
  await assert.rejects(createBrowser().consent(url(scope, 'consumers'), account), /AADSTS9002332/);
});

test('a malformed token request is told what it lacks, before anybody looks at who sent it', async (t) => {
  const { authority } = await startAuthorityWorld(t);
  const ask = async (form: Record<string, string>) => {
    const response = await fetch(authority.tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
    const { error, error_description } = (await response.json()) as Record<string, string>;
    const [, code, parameter] =
      /^AADSTS(\d+): (?:.*parameter: '(\w+)')?/.exec(String(error_description)) ?? [];
    return [response.status, error, Number(code), parameter];
  };
  const client_id = '3f0c0c9e-0000-4000-8000-000000000000';
  const lacking = (parameter: string) => [400, 'invalid_request', 900144, parameter];
  for (const [form, parameter] of [
    [{}, 'grant_type'],
    [{ client_id }, 'grant_type'],
    [{ grant_type: 'client_credentials' }, 'client_id'],
    [{ grant_type: 'client_credentials', client_id }, 'scope'],
    [{ grant_type: 'authorization_code', client_id }, 'code'],
    [{ grant_type: 'authorization_code', client_id, code: 'x' }, 'redirect_uri'],
    [{ grant_type: 'refresh_token', client_id, scope }, 'refresh_token'],
    [{ grant_type: 'device_code', client_id }, 'device_code'],
  ] as [Record<string, string>, string][])
    assert.deepEqual(await ask(form), lacking(parameter), JSON.stringify(form));
  for (const grant_type of ['password', 'constructor', 'AUTHORIZATION_CODE'])
    assert.deepEqual(await ask({ grant_type, client_id }), [400, 'unsupported_grant_type', 70003, undefined]);
});

test('who asks for a sign-in without a page is sent back with login_required, and only where the app is', async (t) => {
  const { authority } = await startAuthorityWorld(t);
  const { clientId } = authority.register({ redirectUris: [redirectUri] });
  const ask = (redirect_uri: string) => {
    const parameters = { client_id: clientId, redirect_uri, response_type: 'code', scope, state: 'state-1' };
    const query = new URLSearchParams({ ...parameters, prompt: 'none' });
    return fetch(`${authority.authorizationUrl}?${query}`, { redirect: 'manual' });
  };
  const back = new URL((await ask(redirectUri)).headers.get('location') ?? '');
  assert.equal(`${back.origin}${back.pathname}`, redirectUri);
  assert.deepEqual(
    [back.searchParams.get('error'), back.searchParams.get('state')],
    ['login_required', 'state-1'],
  );
  assert.match(back.searchParams.get('error_description') ?? '', /^AADSTS50058: /);
  const elsewhere = await ask('https://elsewhere.example/');
  assert.equal(elsewhere.headers.get('location'), null);
  assert.match(await elsewhere.text(), /AADSTS50011/);
});

test('a public client must prove by PKCE that it began what it ends', async (t) => {
  const { authority } = await startAuthorityWorld(t);
  const { clientId } = authority.register({ redirectUris: [redirectUri], publicClient: true });
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
  });
  const back = await fetch(`${authority.authorizationUrl}?${query}`, { redirect: 'manual' });
  const { searchParams } = new URL(back.headers.get('location') ?? '');
  assert.equal(searchParams.get('error'), 'invalid_request');
});
