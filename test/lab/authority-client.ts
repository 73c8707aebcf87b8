import type { LabAuthority, LabClient } from '../../lab/authority/index.ts';
import { createBrowser } from '../../lab/browser.ts';

/** A client of the lab's authority that does no more than the standard says, so that its answers are seen as they are. */

export const redirectUri = 'https://letterbox.example/oauth/callback';
export const imapScope = 'https://outlook.office.com/IMAP.AccessAsUser.All';
export const graphScope = 'https://graph.microsoft.com/Mail.Read';
export const exchangeDefault = 'https://outlook.office365.com/.default';

export interface TokenAnswer {
  access_token?: string;
  refresh_token?: string;
  error?: string;
  error_codes?: number[];
  error_description?: string;
}

export async function askForToken(
  authority: LabAuthority,
  form: Record<string, string>,
  tenant = authority.tenant,
): Promise<TokenAnswer> {
  const url = `${authority.origin}/${tenant}/oauth2/v2.0/token`;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  return (await response.json()) as TokenAnswer;
}

/** By an app itself. */
export function askByItself(authority: LabAuthority, { clientId, clientSecret }: LabClient) {
  return askForToken(authority, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: exchangeDefault,
  });
}

/** Where a person's browser ends after a sign-in: with a code, with an error, or on a page of the authority. */
export async function signIn(
  authority: LabAuthority,
  { clientId }: { clientId: string },
  account: string,
  scope = `${imapScope} ${graphScope} offline_access`,
): Promise<{ code: string } | { error: string } | { page: string }> {
  const url = new URL(authority.authorizationUrl);
  url.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state: 's',
  }).toString();
  try {
    const { searchParams } = await createBrowser().consent(url, account);
    const code = searchParams.get('code');
    return code === null ? { error: searchParams.get('error_description') ?? '' } : { code };
  } catch (error) {
    return { page: (error as Error).message };
  }
}

/** A person's sign-in up to the first tokens. */
export async function connect(
  authority: LabAuthority,
  client: LabClient,
  account: string,
): Promise<TokenAnswer> {
  const signedIn = await signIn(authority, client, account);
  if (!('code' in signedIn)) throw new Error(JSON.stringify(signedIn));
  return askForToken(authority, {
    grant_type: 'authorization_code',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uri: redirectUri,
    scope: imapScope,
    code: signedIn.code,
  });
}

export function refresh(
  authority: LabAuthority,
  client: LabClient,
  { refresh_token = '' }: TokenAnswer,
  scope = imapScope,
): Promise<TokenAnswer> {
  return askForToken(authority, {
    grant_type: 'refresh_token',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    refresh_token,
    scope,
  });
}

export const codeOf = ({ error_codes }: TokenAnswer) => error_codes?.[0] ?? null;
