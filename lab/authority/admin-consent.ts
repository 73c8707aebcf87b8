import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LabApp } from './apps.ts';
import { entraError } from './entra-errors.ts';
import { readForm, sendPage } from './exchange.ts';
import { errorPage, signInPage } from './pages.ts';

/** Where an administrator consents for the whole tenant (Microsoft: admin consent endpoint). */
export async function serveAdminConsent(
  url: URL,
  app: LabApp | undefined,
  tenant: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { searchParams } = url;
  const redirectUri = searchParams.get('redirect_uri') ?? '';
  const scope = searchParams.get('scope');
  if (!app) return sendPage(response, 400, errorPage(700016));
  if (!app.redirectUris.includes(redirectUri)) return sendPage(response, 400, errorPage(50011));
  if (scope === null) return sendPage(response, 400, errorPage(900144));
  if (request.method !== 'POST') {
    const heading = 'Permissions requested: review for your organisation';
    const html = signInPage({ heading, client: app.clientId, loginHint: '', scopes: scope.split(' ') });
    return sendPage(response, 200, html);
  }
  const accepted = (await readForm(request)).get('action') === 'accept';
  const back = new URL(redirectUri);
  back.searchParams.set('admin_consent', 'True');
  back.searchParams.set('state', searchParams.get('state') ?? '');
  if (accepted) {
    app.adminConsented = true;
    back.searchParams.set('tenant', tenant);
    back.searchParams.set('scope', scope);
  } else {
    back.searchParams.set('error', 'consent_required');
    back.searchParams.set('error_description', entraError({ code: 65004 }).error_description);
  }
  response.writeHead(302, { location: back.href }).end();
}
