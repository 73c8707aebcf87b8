import type { errors, Provider } from 'oidc-provider';
import { entraError, entraStatus } from './entra-errors.ts';
import { errorPage } from './pages.ts';

/** Turns the provider's error answers into Entra's: JSON at its endpoints, a page at the authorize endpoint. */
export function giveEntraErrors(provider: Provider, isRevoked: () => boolean): void {
  const details = new WeakMap<object, string>();
  provider.on('grant.error', (ctx: object, error: errors.OIDCProviderError) => {
    details.set(ctx, `${error.error_description ?? ''} ${error.error_detail ?? ''}`);
  });

  provider.use(async (ctx, next) => {
    await next();
    const body = ctx.body as { error?: string; error_description?: string } | undefined;
    if (ctx.oidc?.route === 'token' && body?.error) {
      const grant = String(ctx.oidc.params?.grant_type ?? '');
      const code = codeOf(body.error, details.get(ctx) ?? '', grant, isRevoked());
      ctx.status = entraStatus(code);
      // Entra's own name for the RFC's access_denied.
      const error = body.error === 'authorization_declined' ? { error: body.error } : {};
      ctx.body = { ...entraError({ code }), ...error };
    } else if (ctx.oidc?.route === 'authorization' && ctx.status === 400) {
      ctx.type = 'html';
      ctx.body = errorPage(/redirect_uri/.test(body?.error_description ?? '') ? 50011 : 900144);
    }
  });
}

/** Which of Entra's codes a refusal of the standard provider is, by its detail and what was asked. */
function codeOf(error: string, detail: string, grant: string, revoked: boolean): number {
  if (error === 'authorization_pending') return 70016;
  if (error === 'expired_token') return 70019;
  if (error === 'authorization_declined') return 65004;
  if (error === 'invalid_scope' || error === 'invalid_target')
    return grant === 'refresh_token' ? 65001 : 70011;
  if (error === 'invalid_grant') {
    if (/redirect_uri/.test(detail)) return 500112;
    if (/PKCE|code_verifier|verification/i.test(detail)) return 501481;
    if (/consumed|already/i.test(detail)) return 54005;
    if (grant === 'refresh_token') return revoked ? 50173 : 700082;
    return /device code/.test(detail) ? 70018 : 70008;
  }
  return 900144;
}
