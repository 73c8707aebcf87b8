import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { serveAdminConsent } from './admin-consent.ts';
import type { LabApp } from './apps.ts';
import { translateAuthorization } from './authorize.ts';
import { serveDevicePage } from './device.ts';
import { describe } from './discovery.ts';
import { type EndpointParts, serveDeviceAuthorization, serveToken } from './endpoints.ts';
import { entraError, type Refused } from './entra-errors.ts';
import { sendJson, sendPage } from './exchange.ts';
import { whyNotUsed } from './issuing.ts';
import type { Organisation } from './organisation.ts';
import { errorPage } from './pages.ts';
import { serveSignIn } from './sign-in.ts';
import {
  type Providers,
  personalTenant,
  providerFor,
  type Tenant,
  tenantNamed,
  whyNotThrough,
} from './tenants.ts';

/** The addresses of login.live.com, where personal accounts come from. */
const live: Record<string, string> = {
  '/oauth20_authorize.srf': '/live/oauth2/v2.0/authorize',
  '/oauth20_token.srf': '/live/oauth2/v2.0/token',
};

/** Entra's addresses: what is the standard's goes to the provider, what is Entra's own is served beside it. */
export function createRouter({
  origin,
  tenant: organisation,
  domain,
  ...parts
}: Pick<
  EndpointParts,
  'providers' | 'apps' | 'directory' | 'storage' | 'faults' | 'organisation' | 'note'
> & {
  origin: string;
  tenant: string;
  domain: string;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { providers, apps } = parts;
  const endpoints: EndpointParts = {
    ...parts,
    pass: mounted(providers, organisation),
    audiences: ({ name }) =>
      [name, organisation, domain].flatMap((id) => [
        `${origin}/${id}/oauth2/v2.0/token`,
        `${origin}/${id}/v2.0`,
      ]),
  };

  return async (request, response) => {
    const now = Date.now() + parts.organisation.clockAheadMs;
    response.setHeader('date', new Date(now).toUTCString());
    const asked = new URL(request.url ?? '/', origin);
    const url = new URL(`${live[asked.pathname] ?? asked.pathname}${asked.search}`, origin);
    request.url = `${url.pathname}${url.search}`;
    if (url.pathname === '/devicelogin')
      return serveDevicePage(providers.organisation, parts, request, response);

    const [, name = '', ...rest] = url.pathname.split('/');
    const tenant = tenantNamed(name, { tenant: organisation, domain });
    if (!tenant) return sendJson(response, 400, entraError({ code: 90002 }));
    const app = apps.get(url.searchParams.get('client_id') ?? '');
    const provider = providerFor(tenant, null, providers);
    const path = `/${rest.join('/')}`;
    if (path === '/v2.0/.well-known/openid-configuration')
      return sendJson(response, 200, describe(tenant, origin, organisation));
    if (path === '/v2.0/adminconsent') return serveAdminConsent(url, app, organisation, request, response);
    if (path === '/oauth2/v2.0/token') return serveToken(tenant, request, response, endpoints);
    if (path === '/oauth2/v2.0/devicecode')
      return serveDeviceAuthorization(tenant, request, response, endpoints);
    if (path.startsWith('/sign-in/')) return serveSignIn(provider, parts, request, response);
    // The way back from the sign-in page has more behind it.
    if (path === '/oauth2/v2.0/authorize') {
      const translated = authorize(url, tenant, app, parts.organisation);
      if ('back' in translated) return redirect(response, translated.back);
      if ('code' in translated) return sendPage(response, 400, errorPage(translated.code));
      request.url = `${translated.url.pathname}${translated.url.search}`;
    }
    await endpoints.pass(provider, request, response);
  };
}

/** Each provider under the first part of its addresses. */
function mounted(providers: Providers, organisation: string): EndpointParts['pass'] {
  const mounts = new Map([
    [providers.organisation, organisation],
    [providers.personal, personalTenant],
    [providers.live, 'live'],
  ]);
  return (provider, request, response) =>
    passUnder(mounts.get(provider) as string, provider, request, response);
}

/** An authorization request as the provider knows it; or why there is none, and where that is told. */
function authorize(
  url: URL,
  tenant: Tenant,
  app: LabApp | undefined,
  organisation: Organisation,
): { url: URL } | { back: URL } | Refused {
  const code = app ? whyNotThrough(tenant, app) : 700016;
  if (!app || code !== null) return { code: code ?? 700016 };
  return whyNotUsed(app) ?? translateAuthorization(url, tenant.kind, app, organisation);
}

function redirect(response: ServerResponse, to: URL): void {
  response.writeHead(302, { location: to.href }).end();
}

/** Gives a request to a provider, which takes its mount path from the difference between the two URLs. */
async function passUnder(
  mount: string,
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'https://localhost');
  request.url = `/${pathname.split('/').slice(2).join('/')}${search}`;
  Object.assign(request, { originalUrl: `/${mount}${request.url}` });
  nameNoIssuer(response);
  await provider.callback()(request, response);
}

/** Entra's authorization responses do not say who gives them (RFC 9207); the provider's do. */
function nameNoIssuer(response: ServerResponse): void {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => {
    if (name.toLowerCase() !== 'location' || typeof value !== 'string' || !URL.canParse(value))
      return setHeader(name, value);
    const location = new URL(value);
    location.searchParams.delete('iss');
    return setHeader(name, location.href);
  };
}
