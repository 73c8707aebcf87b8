import { Configuration, discovery, type ServerMetadata } from 'openid-client';
import { Problem } from '../../../model/problem.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { isHttps } from '../../answers.ts';
import type { Authority } from '../../authority.ts';
import { network, withNetwork } from '../../network.ts';

/** Metadata is read anew after this time. */
const metadataLifetime = 60 * 60_000;
/** By issuer; as many as there are profiles. */
const known = new Map<string, { metadata: ServerMetadata; until: number }>();

export const configuration: Authority['configuration'] = async (profile, authentication, named) => {
  const described = profile.issuer === null ? metadataOfUrls(profile, named) : await discover(profile.issuer);
  const metadata = {
    ...described,
    ...(profile.deviceAuthorizationUrl && {
      device_authorization_endpoint: profile.deviceAuthorizationUrl,
    }),
  };
  return withNetwork(new Configuration(metadata, profile.clientId, undefined, authentication));
};

/** URLs alone leave the issuer open: then it is whom the authorization response names at the same origin. */
function metadataOfUrls(profile: CredentialProfile, named: string | null): ServerMetadata {
  const tokenUrl = new URL(profile.tokenUrl ?? '');
  const origin = profile.authorizationUrl ? new URL(profile.authorizationUrl).origin : tokenUrl.origin;
  const issuer = named && URL.canParse(named) && new URL(named).origin === origin ? named : origin;
  return {
    issuer,
    token_endpoint: tokenUrl.href,
    ...(profile.authorizationUrl && { authorization_endpoint: profile.authorizationUrl }),
  };
}

async function discover(issuer: string): Promise<ServerMetadata> {
  const before = known.get(issuer);
  if (before && Date.now() < before.until) return before.metadata;
  try {
    const configuration = await discovery(new URL(issuer), 'letterbox', undefined, undefined, network);
    const described: ServerMetadata = configuration.serverMetadata();
    assertEndpoints(described);
    // RFC 8414 2: an authority that does not list methods takes Basic.
    const metadata = { token_endpoint_auth_methods_supported: ['client_secret_basic'], ...described };
    known.set(issuer, { metadata, until: Date.now() + metadataLifetime });
    return metadata;
  } catch (error) {
    // What it said of itself an hour ago is better than nothing
    if (before) return before.metadata;
    const { cause, code } = error as { cause?: unknown; code?: string };
    const told = error instanceof Problem ? error : cause;
    if (told instanceof Problem) throw told;
    // Described as somebody else, which does not pass; else it is no description
    const isOther = code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
    throw new Problem(
      {
        code: 'oauth.metadata',
        kind: 'protocol',
        title: 'The authority does not describe itself where it should',
        detail: `${issuer}${cause instanceof Response ? ` answered ${cause.status}` : ''}`,
        remedy: 'Check the issuer of the profile, or give the authorization and token URLs instead.',
        retry: isOther ? 'no' : 'later',
      },
      error,
    );
  }
}

const endpoints = ['authorization_endpoint', 'token_endpoint', 'device_authorization_endpoint'] as const;

/** Browsers are sent to them, and secrets: over HTTPS only (RFC 8414 2). Throws `oauth.metadata-endpoint`. */
function assertEndpoints(metadata: ServerMetadata): void {
  for (const name of endpoints)
    if (metadata[name] !== undefined && !isHttps(String(metadata[name])))
      throw new Problem({
        code: 'oauth.metadata-endpoint',
        kind: 'protocol',
        title: 'The authority describes itself with an address that is none',
        detail: `${metadata.issuer}: its ${name} does not begin with https://`,
        remedy: 'Check the issuer of the profile, or give the authorization and token URLs instead.',
      });
}
