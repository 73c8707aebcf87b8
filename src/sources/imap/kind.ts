import type { Loadable } from '../../resources/resource.ts';
import type { MailProtocol } from '../source.ts';

/** RFC 9051, RFC 3501. */
export const imap: Loadable<MailProtocol> = {
  name: 'imap',
  label: 'IMAP',
  help: 'Folders can be chosen, and new mail is told at once.',
  use: 'Reading by IMAP',
  fields: {},
  ports: { tls: 993, starttls: 143 },
  folders: true,
  actions: ['leave', 'mark-read', 'move', 'delete'],
  load: async () => (await import('./index.ts')).createImapSource,
};
