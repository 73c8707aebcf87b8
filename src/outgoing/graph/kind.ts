import type { SendingKind } from '../../delivery/sender.ts';
import type { Loadable } from '../../resources/resource.ts';

/** Microsoft Graph’s `sendMail`. It takes recipients from the mail itself, so it cannot forward. */
export const graph: Loadable<SendingKind> = {
  name: 'graph',
  label: 'Microsoft Graph',
  help: 'Mails of up to 3 MB, where SMTP is switched off.',
  fields: {},
  use: { name: 'graph-send', label: 'Sending by Microsoft Graph' },
  ports: { tls: 443 },
  signsIn: true,
  tokensOnly: true,
  forwards: false,
  load: async () => (await import('./index.ts')).createGraphSender,
};
