import { microsoftHosts } from '../../../model/microsoft-hosts.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import type { OauthProvider } from '../../provider.ts';
import { microsoftContradictions } from './contradictions.ts';
import { isOfMicrosoft } from './endpoints.ts';
import { microsoft as authority } from './index.ts';
import { ownDomains, signs } from './signs.ts';

/** Where each use is served; mail hosts serve IMAP, POP3 and EWS. */
const services: Record<string, 'mail' | 'smtp' | 'graph'> = {
  imap: 'mail',
  pop3: 'mail',
  ews: 'mail',
  smtp: 'smtp',
  graph: 'graph',
  'graph-send': 'graph',
};

/**
 * Tokens of Microsoft's authority go to Microsoft; or, with an Exchange Server of one's own (hybrid modern
 * authentication), to the host that the profile's scopes are for. At another authority nobody knows better.
 */
function takesTokensTo(profile: CredentialProfile, host: string): boolean {
  if (!isOfMicrosoft(profile) || ownDomains.test(host)) return true;
  return profile.scopes.some((scope) => URL.canParse(scope) && new URL(scope).hostname === host);
}

export const microsoft: OauthProvider = {
  name: 'microsoft',
  label: 'Microsoft',
  help: 'Work and school accounts of Microsoft Entra ID, and personal ones.',
  fields: {},
  hostFor({ cloud }, use) {
    const service = services[use];
    return service ? microsoftHosts[cloud][service] : null;
  },
  takesTokensTo,
  signs,
  authority,
  contradictions: microsoftContradictions,
};
