import type { MailProtocol } from '../source.ts';
import { createImapSource } from './index.ts';

/** RFC 9051, RFC 3501. */
export const imap: MailProtocol = {
  name: 'imap',
  label: 'IMAP',
  help: 'Folders can be chosen, and new mail is told at once.',
  use: 'Reading by IMAP',
  fields: {},
  ports: { tls: 993, starttls: 143 },
  folders: true,
  actions: ['leave', 'mark-read', 'move', 'delete'],
  open: createImapSource,
};
