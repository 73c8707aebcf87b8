import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { entraText } from './entra-errors.ts';
import { signInPage } from './pages.ts';
import { grantAll } from './provider.ts';

/** The sign-in page: whoever types an address is that person, and Accept consents to all that the app asks for. */
export async function serveSignIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const scopes = String(params.scope ?? '').split(' ');
    const html = signInPage({
      client: String(params.client_id),
      loginHint: String(params.login_hint ?? ''),
      scopes,
    });
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    return;
  }
  const form = new URLSearchParams(await readBody(request));
  const account = (form.get('username') ?? '').trim();
  if (form.get('action') !== 'accept' || !account) {
    const refused = { error: 'access_denied', error_description: entraText(65004) };
    return provider.interactionFinished(request, response, refused, { mergeWithLastSubmission: false });
  }
  const grantId = await grantAll(provider, params, account);
  const result = { login: { accountId: account }, consent: { grantId } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
