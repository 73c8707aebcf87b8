import { microsoftHosts } from '../../../model/microsoft-hosts.ts';
import type { OauthProvider } from '../../provider.ts';
import { microsoftContradictions } from './contradictions.ts';
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

export const microsoft: OauthProvider = {
  name: 'microsoft',
  label: 'Microsoft',
  help: 'Work and school accounts of Microsoft Entra ID, and personal ones.',
  fields: {},
  hostFor({ cloud }, use) {
    const service = services[use];
    return service ? microsoftHosts[cloud][service] : null;
  },
  authority,
  contradictions: microsoftContradictions,
};
