import { type ClientAuth, Configuration, customFetch, discovery, type ServerMetadata } from 'openid-client';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { withNetwork } from '../../network.ts';
import { cloudNames } from './clouds.ts';
import { type EndpointFields, endpointsOf, issuerOf, issuerTemplate } from './endpoints.ts';

type ClientFields = EndpointFields & Pick<CredentialProfile, 'clientId'>;

/** See `Authority['configuration']`. */
export async function configuration(
  profile: ClientFields,
  authentication: ClientAuth,
  named: string | null,
): Promise<Configuration> {
  const endpoints = endpointsOf(profile);
  const issuer = issuerOf(profile, named);
  return withNetwork(
    issuer === null
      ? await withIssuerOfToken({ ...endpoints, issuer: issuerTemplate(profile) }, profile, authentication)
      : new Configuration({ ...endpoints, issuer }, profile.clientId, undefined, authentication),
  );
}

/**
 * The issuer to expect is the template with the identity token's `tid` put in. openid-client does that for
 * what it discovered at the worldwide host; so it is made to discover there what is known already.
 */
function withIssuerOfToken(
  metadata: ServerMetadata,
  profile: ClientFields,
  authentication: ClientAuth,
): Promise<Configuration> {
  const server = new URL(`${cloudNames.worldwide.login}/common/v2.0`);
  return discovery(server, profile.clientId, undefined, authentication, {
    [customFetch]: async () => Response.json(metadata),
  });
}
