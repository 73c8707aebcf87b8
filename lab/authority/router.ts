import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { serveAdminConsent } from './admin-consent.ts';
import { translateAuthorization } from './authorize.ts';
import { serveDevicePage } from './device.ts';
import { describe } from './discovery.ts';
import { type EndpointParts, serveDeviceAuthorization, serveToken } from './endpoints.ts';
import { entraError } from './entra-errors.ts';
import { sendJson, sendPage } from './exchange.ts';
import { errorPage } from './pages.ts';
import { serveSignIn } from './sign-in.ts';
import { personalTenant, providerFor, tenantNamed, whyNotThrough } from './tenants.ts';

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
}: Pick<EndpointParts, 'providers' | 'apps' | 'storage' | 'faults' | 'note'> & {
  origin: string;
  tenant: string;
  domain: string;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { providers, apps } = parts;

  /** The provider takes its mount path from the difference between the two URLs. */
  async function pass(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', origin);
    const mounts = new Map([
      [providers.organisation, organisation],
      [providers.personal, personalTenant],
    ]);
    const id = mounts.get(provider) ?? 'live';
    request.url = `/${pathname.split('/').slice(2).join('/')}${search}`;
    Object.assign(request, { originalUrl: `/${id}${request.url}` });
    nameNoIssuer(response);
    await provider.callback()(request, response);
  }

  const endpoints: EndpointParts = {
    ...parts,
    pass,
    audiences: ({ name }) =>
      [name, organisation, domain].flatMap((id) => [
        `${origin}/${id}/oauth2/v2.0/token`,
        `${origin}/${id}/v2.0`,
      ]),
  };

  return async (request, response) => {
    const asked = new URL(request.url ?? '/', origin);
    const url = new URL(`${live[asked.pathname] ?? asked.pathname}${asked.search}`, origin);
    request.url = `${url.pathname}${url.search}`;
    if (url.pathname === '/devicelogin')
      return serveDevicePage(providers.organisation, apps, request, response);

    const [, name = '', ...rest] = url.pathname.split('/');
    const tenant = tenantNamed(name, { tenant: organisation, domain });
    if (!tenant) return sendJson(response, 400, entraError(90002));
    const path = `/${rest.join('/')}`;
    if (path === '/v2.0/.well-known/openid-configuration')
      return sendJson(response, 200, describe(tenant, origin, organisation));
    if (path === '/v2.0/adminconsent') {
      const app = apps.get(url.searchParams.get('client_id') ?? '');
      return serveAdminConsent(url, app, organisation, request, response);
    }
    if (path === '/oauth2/v2.0/token') return serveToken(tenant, request, response, endpoints);
    if (path === '/oauth2/v2.0/devicecode')
      return serveDeviceAuthorization(tenant, request, response, endpoints);
    const provider = providerFor(tenant, null, providers);
    if (path.startsWith('/sign-in/')) return serveSignIn(provider, apps, request, response);
    // The way back from the sign-in page has more behind it.
    if (path === '/oauth2/v2.0/authorize') {
      const app = apps.get(url.searchParams.get('client_id') ?? '');
      const refused = app ? whyNotThrough(tenant, app) : 700016;
      if (refused !== null) return sendPage(response, 400, errorPage(refused));
      const translated = translateAuthorization(url, tenant.kind);
      if ('code' in translated) return sendPage(response, 400, errorPage(translated.code));
      if ('back' in translated) return void response.writeHead(302, { location: translated.back.href }).end();
      request.url = `${translated.url.pathname}${translated.url.search}`;
    }
    await pass(provider, request, response);
  };
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
