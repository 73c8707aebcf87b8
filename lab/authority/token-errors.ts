import type { errors, Provider } from 'oidc-provider';
import { entraCode, entraError } from './entra-errors.ts';
import type { Faults } from './faults.ts';
import type { LabStorage } from './memory-adapter.ts';
import { errorPage } from './pages.ts';

/** Turns the provider's error answers into Entra's: JSON at the token endpoint, a page at the authorize endpoint. */
export function giveEntraErrors(
  provider: Provider,
  { storage, faults, isRevoked }: { storage: LabStorage; faults: Faults; isRevoked: () => boolean },
): void {
  const details = new WeakMap<object, string>();
  provider.on('grant.error', (ctx: object, error: errors.OIDCProviderError) => {
    details.set(ctx, `${error.error_description ?? ''} ${error.error_detail ?? ''}`);
  });

  provider.use(async (ctx, next) => {
    if (ctx.path.endsWith('/token') && faults.secretExpired) {
      ctx.status = 401;
      ctx.body = entraError('invalid_client', 7000222);
      return;
    }
    await next();
    if (ctx.oidc?.route === 'token') {
      const body = ctx.body as { error?: string } | undefined;
      if (!body?.error) return;
      const params = ctx.oidc.params ?? ctx.oidc.body ?? {};
      const code = entraCode(body.error, details.get(ctx) ?? '', {
        grant: String(params.grant_type ?? ''),
        clientKnown: storage.hasClient(String(params.client_id ?? '')),
        secretGiven: Boolean(params.client_secret) || Boolean(ctx.get('authorization')),
        revoked: isRevoked(),
      });
      ctx.body = entraError(body.error, code);
    } else if (ctx.oidc?.route === 'authorization' && ctx.status === 400) {
      const text = String((ctx.body as { error_description?: string })?.error_description ?? ctx.body ?? '');
      ctx.type = 'html';
      ctx.body = errorPage(/redirect_uri/.test(text) ? 50011 : 700016);
    }
  });
}
