import type { MailProtocol } from '../source.ts';
import { createPop3Source } from './index.ts';

/** RFC 1939. */
export const pop3: MailProtocol = {
  name: 'pop3',
  label: 'POP3',
  help: 'The inbox only, asked every few minutes.',
  use: 'Reading by POP3',
  fields: {},
  ports: { tls: 995, starttls: 110 },
  folders: false,
  actions: ['leave', 'delete'],
  open: createPop3Source,
};
