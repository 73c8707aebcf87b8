import type { OutgoingMail } from '../../src/model/outgoing.ts';
import type { NotificationSettings } from '../../src/resources/notification-settings.ts';
import type { OutgoingServer } from '../../src/resources/outgoing-server/record.ts';
import { sampleMessages } from './sample-messages.ts';
import { ago } from './sample-time.ts';

const server = (id: string, changes: Partial<OutgoingServer>): OutgoingServer => ({
  id,
  name: 'Support out',
  kind: 'smtp',
  host: 'smtp.office365.com',
  port: 587,
  security: 'starttls',
  certificateAuthority: null,
  profileId: 'prf_contoso',
  username: null,
  address: 'support@contoso.example',
  displayName: 'Contoso Support',
  enabled: true,
  createdAt: ago(60_000),
  updatedAt: ago(9_000),
  version: 3,
  ...changes,
});

export const sampleOutgoingServers: OutgoingServer[] = [
  server('ogs_support', {}),
  server('ogs_relay', {
    name: 'Relay in the computer room, which has a rather long name',
    kind: 'lmtp',
    host: 'localhost',
    port: 24,
    security: 'none',
    profileId: null,
    displayName: null,
    enabled: false,
  }),
  server('ogs_graph', {
    name: 'Graph',
    kind: 'graph',
    host: 'graph.microsoft.com',
    port: 443,
    security: 'tls',
  }),
];

const [answered] = sampleMessages;

export const sampleMails: OutgoingMail[] = [
  {
    id: 'out_reply',
    serverId: 'ogs_support',
    sender: 'support@contoso.example',
    recipients: [
      { address: 'ann@fabrikam.example', state: 'accepted', problem: null },
      {
        address: 'gone@fabrikam.example',
        state: 'rejected',
        problem: {
          code: 'smtp.rejected',
          kind: 'message',
          title: 'The mail server rejects the mail',
          detail: 'Support out at smtp.office365.com:587; the server said: 550 5.1.1 User unknown',
          remedy: 'Mend what the mail server names (address, size, content or policy), then replay.',
          retry: 'no',
        },
      },
    ],
    messageId: 'out_reply@contoso.example',
    subject: 'Re: Printer on floor 3 does not print',
    inReplyTo: answered?.id ?? null,
    threadId: answered?.threadId ?? 'out_reply',
    size: 2_410,
    createdAt: ago(12),
  },
];

export const noNotifications: NotificationSettings = {
  id: 'notifications',
  name: 'notifications',
  outgoingServerId: null,
  addresses: [],
  destinationId: null,
  createdAt: '',
  updatedAt: '',
  version: 0,
};

export const sampleNotifications: NotificationSettings = {
  ...noNotifications,
  outgoingServerId: 'ogs_support',
  addresses: ['admin@contoso.example', 'duty@contoso.example'],
  destinationId: 'dst_tickets',
};
