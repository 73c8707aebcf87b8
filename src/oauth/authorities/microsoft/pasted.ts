import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { cloudNames } from './clouds.ts';
import { directoryNamed } from './urls.ts';

type Endpoints = Partial<
  Pick<CredentialProfile, 'cloud' | 'tenant' | 'authorizationUrl' | 'tokenUrl' | 'deviceAuthorizationUrl'>
>;

/**
 * What somebody copied from Azure to say which tenant it is, in any form: its ID, a domain, or any of the URLs that stand
 * under *Endpoints*, metadata and issuer included. What is none of these is taken for a tenant, and refused as that.
 */
export function endpointsFrom(pasted: string): Endpoints {
  const text = pasted.trim();
  if (!URL.canParse(text)) return { tenant: text };
  const url = new URL(text);
  const [, first = ''] = url.pathname.split('/');
  const tenant =
    directoryNamed(text) ?? (/^\/[^/]+\/(v2\.0|oauth2|discovery)(\/|$)/.test(url.pathname) ? first : null);
  if (tenant === null) return { tenant: text };
  const [cloud] = Object.entries(cloudNames).find(([, { login }]) => login === url.origin) ?? [];
  if (cloud) return { tenant, cloud: cloud as CredentialProfile['cloud'] };
  const at = (endpoint: string) => `${url.origin}/${tenant}/oauth2/v2.0/${endpoint}`;
  return {
    authorizationUrl: at('authorize'),
    tokenUrl: at('token'),
    deviceAuthorizationUrl: at('devicecode'),
  };
}
