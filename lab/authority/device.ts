import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { entraError } from './entra-errors.ts';
import { readForm, sendPage } from './exchange.ts';
import { noteSignIn, whyNotLetIn } from './issuing.ts';
import { devicePage, donePage, errorPage } from './pages.ts';
import { grantAll } from './provider.ts';
import { askedBy } from './resources.ts';
import type { SignInParts } from './sign-in.ts';
import { whyNotIn } from './tenants.ts';

/** The page where a person enters the code that a device shows (RFC 8628 3.3), signs in and consents. */
export async function serveDevicePage(
  provider: Provider,
  { apps, directory, organisation }: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') return sendPage(response, 200, devicePage());
  const form = await readForm(request);
  const entered = (form.get('code') ?? '').replace(/\W/g, '').toUpperCase();
  const account = (form.get('username') ?? '').trim();
  const code = await provider.DeviceCode.findByUserCode(entered, {});
  const app = apps.get(String(code?.clientId));
  if (!code || !app || code.accountId || code.error) return sendPage(response, 400, errorPage(70018));

  if (form.get('action') !== 'accept' || !account) {
    Object.assign(code, {
      error: 'authorization_declined',
      errorDescription: entraError({ code: 65004 }).error_description,
    });
    await code.save();
    return sendPage(response, 200, donePage('You have declined'));
  }
  const params = code.params as { scope?: string; tenant?: string };
  const { resources, scopes } = askedBy(params.scope ?? '');
  const refused =
    whyNotIn(String(params.tenant), account, app) ??
    whyNotLetIn(app, account, { resources, flow: 'device code' }, organisation);
  if (refused !== null) return sendPage(response, 400, errorPage(refused));
  const accountId = directory.subjectFor(app.clientId, account);
  const grantId = await grantAll(provider, app.clientId, accountId);
  noteSignIn(app, { account, grantId, scopes }, organisation);
  Object.assign(code, {
    accountId,
    authTime: Math.floor(Date.now() / 1000),
    grantId,
    scope: params.scope,
    resource: resources,
  });
  await code.save();
  sendPage(response, 200, donePage('You have signed in on your device'));
}
