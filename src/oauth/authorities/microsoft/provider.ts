import { microsoftHosts } from '../../../model/microsoft-hosts.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import type { OauthProvider } from '../../provider.ts';
import { microsoftContradictions } from './contradictions.ts';
import { isOfMicrosoft } from './endpoints.ts';
import { microsoft as authority } from './index.ts';

/** Where each use is served; mail hosts serve IMAP, POP3 and EWS. */
const services: Record<string, 'mail' | 'smtp' | 'graph'> = {
  imap: 'mail',
  pop3: 'mail',
  ews: 'mail',
  smtp: 'smtp',
  graph: 'graph',
  'graph-send': 'graph',
};

/** Domains of Microsoft's own that mail is served at, in all clouds (Microsoft: Office 365 URLs). */
const ownDomains =
  /(^|\.)(office365\.com|office\.com|outlook\.com|office365\.us|apps\.mil|outlook\.cn|office365\.cn)$|^([a-z]+-)?graph\.microsoft\.(com|us)$|^microsoftgraph\.chinacloudapi\.cn$/;

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
  authority,
  contradictions: microsoftContradictions,
};
