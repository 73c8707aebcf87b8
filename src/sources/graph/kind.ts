import type { Loadable } from '../../resources/resource.ts';
import type { MailProtocol } from '../source.ts';

/** Microsoft Graph, as MAPI’s successor. */
export const graph: Loadable<MailProtocol> = {
  name: 'graph',
  label: 'MAPI by Microsoft Graph',
  help: 'Microsoft 365, also where IMAP is switched off.',
  use: 'Reading by Microsoft Graph (MAPI)',
  tokensOnly: true,
  fields: {},
  ports: { tls: 443 },
  folders: true,
  actions: ['leave', 'mark-read', 'move', 'delete'],
  load: async () => (await import('./index.ts')).createGraphSource,
};
