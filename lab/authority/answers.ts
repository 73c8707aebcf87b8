import type { Provider } from 'oidc-provider';
import type { Faults } from './faults.ts';

/** Gives the provider's good answers the members that are Entra's own. */
export function giveEntraAnswers(provider: Provider, origin: string, tenantId: string, faults: Faults): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.status !== 200) return;
    if (ctx.oidc?.route === 'token')
      ctx.body = tokenAnswer(ctx.body as Json, ctx.get('x-client-info') === '1');
    if (ctx.oidc?.route === 'device_authorization') ctx.body = deviceAnswer(ctx.body as Json);
  });

  function tokenAnswer(body: Json, clientInfo: boolean): Json {
    const { scope, ...rest } = body;
    const account = accountOf(body.id_token);
    return {
      ...rest,
      // An app by itself is told no scope.
      ...(typeof scope === 'string' && !scope.endsWith('/.default') && { scope }),
      ext_expires_in: body.expires_in,
      ...(clientInfo && account && { client_info: encode({ uid: account, utid: tenantId }) }),
    };
  }

  /** Without `verification_uri_complete`, which Entra does not support. */
  function deviceAnswer({ user_code, device_code, expires_in }: Json): Json {
    const verification_uri = `${origin}/devicelogin`;
    return {
      user_code,
      device_code,
      verification_uri,
      expires_in,
      interval: faults.deviceIntervalSeconds,
      message: `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${user_code} to authenticate.`,
    };
  }
}

type Json = Record<string, unknown>;

function accountOf(idToken: unknown): string | null {
  const [, payload] = typeof idToken === 'string' ? idToken.split('.') : [];
  if (payload === undefined) return null;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).oid ?? null;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
