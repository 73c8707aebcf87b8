import type { Loadable } from '../../resources/resource.ts';
import type { MailProtocol } from '../source.ts';

/** RFC 1939. */
export const pop3: Loadable<MailProtocol> = {
  name: 'pop3',
  label: 'POP3',
  help: 'The inbox only, asked every few minutes.',
  use: 'Reading by POP3',
  fields: {},
  ports: { tls: 995, starttls: 110 },
  folders: false,
  actions: ['leave', 'delete'],
  load: async () => (await import('./index.ts')).createPop3Source,
};
