import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InteractionResults, Provider } from 'oidc-provider';
import { type LabApp, needsAdministrator } from './apps.ts';
import type { Directory } from './directory.ts';
import { entraError } from './entra-errors.ts';
import { readForm, sendPage } from './exchange.ts';
import { noteSignIn, whyNotLetIn } from './issuing.ts';
import type { Organisation } from './organisation.ts';
import { errorPage, signInPage } from './pages.ts';
import { grantAll } from './provider.ts';
import { askedBy } from './resources.ts';
import { whyNotIn } from './tenants.ts';

/** Who signs in to what, and what keeps them from it. */
export interface SignInParts {
  apps: Map<string, LabApp>;
  directory: Directory;
  organisation: Organisation;
}

/** The sign-in page: whoever types an address is that person, and Accept consents to all that the app asks for. */
export async function serveSignIn(
  provider: Provider,
  { apps, directory, organisation }: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const app = apps.get(String(params.client_id));
  if (request.method !== 'POST' || !app) {
    const scopes = String(params.scope ?? '').split(' ');
    const loginHint = String(params.login_hint ?? '');
    return sendPage(response, 200, signInPage({ client: String(params.client_id), loginHint, scopes }));
  }
  const form = await readForm(request);
  const account = (form.get('username') ?? '').trim();
  const finish = (result: InteractionResults) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  if (form.get('action') !== 'accept' || !account) return finish(sentBack(65004));
  const refused = whyNotIn(String(params.tenant), account, app);
  if (refused !== null) return sendPage(response, 400, errorPage(refused));
  if (needsAdministrator(app, String(params.scope ?? ''))) return finish(sentBack(90094));
  const { resources, scopes } = askedBy(String(params.scope ?? ''));
  const notLetIn = whyNotLetIn(app, account, { resources, flow: '' }, organisation);
  if (notLetIn !== null) return sendPage(response, 400, errorPage(notLetIn));
  const accountId = directory.subjectFor(app.clientId, account);
  const grantId = await grantAll(provider, app.clientId, accountId);
  noteSignIn(app, { account, grantId, scopes }, organisation);
  return finish({ login: { accountId }, consent: { grantId } });
}

/** An error that goes back with the browser. */
function sentBack(code: number): { error: string; error_description: string } {
  const { error, error_description } = entraError({ code });
  return { error, error_description };
}
