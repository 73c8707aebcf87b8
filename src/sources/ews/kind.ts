import type { Loadable } from '../../resources/resource.ts';
import type { MailProtocol } from '../source.ts';

/** Exchange Web Services. */
export const ews: Loadable<MailProtocol> = {
  name: 'ews',
  label: 'MAPI by Exchange Web Services',
  help: 'Exchange Server on premises. In Exchange Online it ends on 1 April 2027.',
  use: 'Reading by Exchange Web Services (MAPI)',
  fields: {},
  ports: { tls: 443 },
  folders: true,
  actions: ['leave', 'mark-read', 'move', 'delete'],
  load: async () => (await import('./index.ts')).createEwsSource,
};
