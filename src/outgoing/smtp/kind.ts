import type { SendingKind } from '../../delivery/sender.ts';
import type { Loadable } from '../../resources/resource.ts';

const use = { name: 'smtp', label: 'Sending by SMTP' };

/** Message submission (RFC 6409). RFC 8314 would have TLS from the first byte; but Exchange Online has STARTTLS only. */
export const smtp: Loadable<SendingKind> = {
  name: 'smtp',
  label: 'SMTP',
  help: 'Submission to a mail server, such as smtp.office365.com.',
  fields: {},
  use,
  ports: { starttls: 587, tls: 465, none: 25 },
  forwards: true,
  load: async () => (await import('./index.ts')).createSmtpSender,
};

/** Straight into mailboxes (RFC 2033); port 24 is for private mail systems (IANA). */
export const lmtp: Loadable<SendingKind> = {
  name: 'lmtp',
  label: 'LMTP',
  help: 'Straight into mailboxes of a mail server nearby.',
  fields: {},
  use,
  ports: { none: 24, starttls: 24, tls: 24 },
  host: 'localhost',
  forwards: true,
  load: async () => (await import('./index.ts')).createSmtpSender,
};
