import type { DestinationWithEndpoint } from '../../src/administration/administration.ts';
import type { Delivery } from '../../src/model/delivery.ts';
import type { MailServerState, RestrictionProof } from '../../src/model/mail-server.ts';
import type { Quarantined } from '../../src/model/message.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { ProblemJson } from '../../src/model/problem.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import { incomingServerFields } from '../../src/resources/incoming-server/fields.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { exchangeAccess } from '../../src/setup/exchange-access.ts';
import { fallbacksOf } from '../resources/fallbacks.ts';
import { sampleMessages } from './sample-messages.ts';
import { sampleMails } from './sample-outgoing.ts';
import { ago } from './sample-time.ts';

const times = { createdAt: ago(60_000), updatedAt: ago(9_000), version: 3 };

const expiredSecret: ProblemJson = {
  code: 'oauth.AADSTS7000222',
  kind: 'credentials',
  title: 'The client secret has expired',
  detail: 'AADSTS7000222, app 5a1c…, tenant contoso.example',
  cause: 'Client secrets last at most 24 months; this one ended on 20 November.',
  remedy:
    'Make a new client secret for the app in Entra, then press Replace secret here and paste its Value.',
  retry: 'later',
};

const notConnected: ProblemJson = {
  code: 'imap.not-connected',
  kind: 'denied',
  title: 'The account signed in, but this mailbox is not open to it',
  detail: 'outlook.office365.com said: User is authenticated but not connected.',
  cause:
    'The consent was given by anna@contoso.example, who has no access to the shared mailbox orders@contoso.example.',
  remedy:
    'Give anna@contoso.example full access to the mailbox in Exchange, wait some minutes, then press Test connection.',
  retry: ago(-4),
};

const refused: ProblemJson = {
  code: 'webhook.gone',
  kind: 'refused',
  title: 'The destination wants no more messages',
  detail: 'POST https://crm.contoso.example/hooks/mail',
  cause: 'The receiver no longer exists at this address.',
  remedy: 'Correct the URL of the destination, then press Replay.',
  retry: 'no',
};

const profile = (changes: Partial<CredentialProfile>): CredentialProfile => ({
  id: 'prf_contoso',
  name: 'Contoso mailboxes',
  authentication: 'oauth2',
  grant: 'authorization_code',
  provider: 'microsoft',
  cloud: 'worldwide',
  uses: ['imap'],
  tenant: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  issuer: null,
  authorizationUrl: null,
  tokenUrl: null,
  deviceAuthorizationUrl: null,
  clientId: '5a1c2b3d-0f7e-4c5b-9a8d-1e2f3a4b5c6d',
  clientAuthentication: 'secret',
  clientSecretExpiresOn: ago(-15 * 1440).slice(0, 10),
  clientCertificate: null,
  federatedTokenFile: null,
  signInName: 'anna@contoso.example',
  scopes: [],
  state: 'connected',
  account: { username: 'anna@contoso.example', name: 'Anna Berg', subject: 's1', tenant: null },
  problem: null,
  connectedAt: ago(30_000),
  adminConsent: null,
  hosts: [],
  ...times,
  ...changes,
});

export const sampleProfiles: CredentialProfile[] = [
  profile({}),
  profile({
    id: 'prf_app',
    name: 'Archive app',
    grant: 'client_credentials',
    signInName: null,
    account: null,
    state: 'failing',
    problem: expiredSecret,
    clientSecretExpiresOn: '2026-11-20',
  }),
  profile({
    id: 'prf_other',
    name: 'Branch office',
    provider: 'custom',
    tenant: null,
    authorizationUrl: 'https://login.branch.example/oauth/authorize',
    tokenUrl: 'https://login.branch.example/oauth/token',
    clientId: 'letterbox',
    clientSecretExpiresOn: null,
    signInName: null,
    scopes: ['https://mail.branch.example/imap', 'offline_access'],
    state: 'consent-needed',
    account: null,
    connectedAt: null,
  }),
  profile({
    id: 'prf_certificate',
    name: 'Scanner in the hall',
    cloud: 'china',
    grant: 'device_code',
    clientAuthentication: 'certificate',
    clientSecretExpiresOn: null,
    clientCertificate: {
      pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      subject: 'CN=Letterbox Scanner in the hall',
      sha256: 'b1946ac92492d2347c6235b4d2611184ab15ff5d4b1b7a2a6c1b9e2f0c4d8e3a',
      expiresAt: ago(-500_000),
    },
  }),
  profile({
    id: 'prf_password',
    name: 'Old mail server',
    authentication: 'password',
    provider: 'custom',
    tenant: null,
    clientId: '',
    clientSecretExpiresOn: null,
    signInName: null,
    account: null,
  }),
];

type ServerWithState = MailServer & { state: MailServerState };

const server = (
  id: string,
  changes: Partial<MailServer>,
  state: Partial<MailServerState>,
): ServerWithState => ({
  ...fallbacksOf(incomingServerFields),
  id,
  name: 'Support',
  address: 'support@contoso.example',
  protocol: 'imap',
  host: 'outlook.office365.com',
  port: 993,
  profileId: 'prf_contoso',
  startFrom: ago(30_000),
  afterIntake: { action: 'mark-read' },
  ...times,
  ...changes,
  state: {
    serverId: id,
    condition: 'watching',
    problem: null,
    since: ago(300),
    lastContactAt: ago(1),
    lastMessageAt: ago(4),
    retryAt: null,
    ...state,
  },
});

export const sampleServers: ServerWithState[] = [
  server('srv_support', {}, {}),
  server(
    'srv_invoices',
    {
      name: 'Invoices',
      address: 'invoices@contoso.example',
      startFrom: null,
      folders: ['INBOX', 'Archive/2026'],
      afterIntake: { action: 'move', folder: 'Done' },
    },
    { condition: 'synchronising', lastMessageAt: ago(0) },
  ),
  server(
    'srv_orders',
    { name: 'Orders', address: 'orders@contoso.example' },
    {
      condition: 'failing',
      problem: notConnected,
      lastContactAt: ago(190),
      lastMessageAt: ago(2100),
      retryAt: ago(-4),
    },
  ),
  server(
    'srv_old',
    { name: 'Old archive', address: 'archive@contoso.example', profileId: 'prf_app', paused: true },
    { condition: 'paused', lastContactAt: ago(20_000), lastMessageAt: null },
  ),
];

const well = { disabled: null, disabledAt: null, restsUntil: null };

export const sampleDestinations: (DestinationWithEndpoint & Record<string, unknown>)[] = [
  {
    id: 'dst_tickets',
    name: 'Ticket system',
    kind: 'webhook',
    url: 'https://tickets.contoso.example/hooks/mail',
    servers: null,
    enabled: true,
    endpoint: { disabled: refused, disabledAt: ago(60), restsUntil: null },
    ...times,
  },
  {
    id: 'dst_crm',
    name: 'CRM',
    kind: 'webhook',
    url: 'https://crm.contoso.example/hooks/mail',
    servers: ['srv_invoices'],
    enabled: false,
    endpoint: well,
    ...times,
  },
];

export const sampleDeliveries: Delivery[] = sampleMessages.flatMap((message, index): Delivery[] => {
  const state = index === 0 ? 'pending' : index % 4 === 3 ? 'dead' : 'delivered';
  const failed = state !== 'delivered';
  return [
    {
      id: `dlv_${index}`,
      sequence: index,
      item: { kind: 'message', id: message.id },
      target: { kind: 'destination', id: index % 4 === 3 ? 'dst_crm' : 'dst_tickets' },
      threadId: message.threadId,
      state,
      attempts: state === 'dead' ? 18 : 1,
      nextAttemptAt: ago(-3),
      lastAttemptAt: ago(index * 37),
      deliveredAt: failed ? null : ago(index * 37),
      problem: state === 'dead' ? refused : null,
      createdAt: message.storedAt,
      replayId: null,
      clockFrom: 0,
    },
  ];
});

const [mail] = sampleMails;
if (mail)
  sampleDeliveries.push({
    id: 'dlv_mail',
    sequence: 1000,
    item: { kind: 'mail', id: mail.id },
    target: { kind: 'outgoing-server', id: mail.serverId },
    threadId: mail.threadId,
    state: 'dead',
    attempts: 1,
    nextAttemptAt: mail.createdAt,
    lastAttemptAt: ago(11),
    deliveredAt: null,
    problem: mail.recipients[1]?.problem ?? null,
    createdAt: mail.createdAt,
    replayId: null,
    clockFrom: 0,
  });

export const sampleFigures = {
  ...{ stored: 20_811, waiting: 1, quarantined: 2, delivered: 20_790, pending: 20, dead: 1 },
  audit: { auditedAt: ago(400), inMailbox: 1_204, missing: 0 },
};

export const sampleQuarantine: Quarantined[] = [
  {
    id: 'qua_0',
    serverId: 'srv_support',
    position: { folder: 'INBOX', validity: '1', uid: '4417' },
    messageId: null,
    problem: {
      code: 'message.unreadable',
      kind: 'message',
      title: 'The mail server does not give a message',
      detail: 'Support at outlook.office365.com:993: message 4417 in INBOX: NO [SERVERBUG] cannot convert it',
      remedy: 'It is asked for again by itself. Open it in a mail program, or process it again here.',
      retry: 'later',
    },
    receivedAt: ago(12),
    quarantinedAt: ago(11),
    state: 'waiting',
    looks: 3,
    nextLookAt: ago(-2),
  },
  {
    id: 'qua_1',
    serverId: 'srv_invoices',
    position: { folder: 'INBOX', validity: '1', uid: '20811' },
    messageId: null,
    problem: {
      code: 'message.too-large',
      kind: 'message',
      title: 'The message is larger than the limit',
      detail: '212 MB; the limit is 150 MB (intake.maxMessageBytes)',
      remedy: 'Raise intake.maxMessageBytes and press Process again, or dismiss it.',
      retry: 'no',
    },
    receivedAt: ago(900),
    quarantinedAt: ago(800),
    state: 'quarantined',
    looks: 0,
    nextLookAt: null,
  },
  {
    id: 'qua_2',
    serverId: 'srv_support',
    position: { folder: 'INBOX', validity: '1', uid: '4402' },
    messageId: sampleMessages[5]?.id ?? null,
    problem: {
      code: 'message.unparsable',
      kind: 'message',
      title: 'The message could not be parsed',
      cause: 'Its structure is broken in a way that Letterbox does not know.',
      remedy: 'Look at the raw source. It was delivered with what could be read.',
      retry: 'no',
    },
    receivedAt: null,
    quarantinedAt: ago(3000),
    state: 'quarantined',
    looks: 0,
    nextLookAt: null,
  },
];

export const sampleNotices: Notice[] = [
  {
    severity: 'error',
    key: 'server srv_orders',
    title: `Orders: ${notConnected.title}`,
    detail: notConnected.cause ?? '',
    remedy: notConnected.remedy ?? '',
    link: '/servers/srv_orders',
  },
  {
    severity: 'error',
    key: 'profile prf_app',
    title: `Archive app: ${expiredSecret.title}`,
    detail: expiredSecret.cause ?? '',
    remedy: expiredSecret.remedy ?? '',
    link: '/profiles/prf_app',
  },
  {
    severity: 'warning',
    key: 'quarantine',
    title: '2 messages are in quarantine',
    detail: 'Each could not be read or parsed; nothing else waits for it.',
    remedy: 'Look at the reason under Quarantine, then press Process again or Dismiss.',
    link: '/quarantine',
  },
];

export const sampleProof: RestrictionProof = {
  mailbox: 'board@contoso.example',
  outcome: 'refused',
  detail: 'The mail server refuses the sign-in: Support at outlook.office365.com:993',
  checkedAt: ago(3_000),
};

export const sampleSetup = exchangeAccess(
  profile({ uses: ['imap', 'graph'] }),
  'support@contoso.example',
  null,
);
