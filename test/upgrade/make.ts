/**
 * Makes the data folder of a release and the listing of what is in it. Run once, at the commit that README.md names;
 * it is kept to show how, and is not type-checked: the code that it uses goes on.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLabAuthority } from '../../lab/certificates.ts';
import { createKeepConsent } from '../../src/administration/keep-consent.ts';
import { prepareSetUp } from '../../src/administration/sign-in.ts';
import { openLetterbox } from '../../src/app.ts';
import { draftOf } from '../../src/compose/draft.ts';
import { configSchema } from '../../src/config/config.ts';
import { localApi } from '../../src/local-api.ts';
import { createMessageParser } from '../../src/mime/parser.ts';
import { Problem } from '../../src/model/problem.ts';
import { createGrantRecord } from '../../src/oauth/grant-record.ts';
import { withAnswer } from '../../src/oauth/token-set.ts';
import { createTokenSources } from '../../src/oauth/token-source.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createListing } from './listing.ts';

// biome-ignore lint/suspicious/noExplicitAny: it is JSON
type Json = any;

const kept = new URL('data-folder/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'letterbox-upgrade-'));
const password = 'correct horse battery staple';
const letterbox = await openLetterbox(configSchema.parse({ dataFolder: folder }), createLog('silent'));
const { store, vault, events, administration } = letterbox;
const api = localApi(letterbox);
const { caPem } = await createLabAuthority(join(folder, 'lab'));

async function call(method: string, path: string, body?: unknown): Promise<Json> {
  const response = await api.request(path, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}
const post = (path: string, body?: unknown) => call('POST', `/api/${path}`, body);

// ---- credential profiles
const guid = (n: number) => `${String(n).repeat(8)}-1111-2222-3333-444444444444`;
const support = await post('profiles', {
  name: 'Contoso',
  uses: ['imap', 'smtp'],
  tenant: guid(1),
  clientId: guid(2),
  clientSecret: 'a~first+secret',
  clientSecretExpiresOn: '2026-12-31',
  signInName: 'support@contoso.example',
});
const app = await post('profiles', {
  name: 'Contoso app',
  grant: 'client_credentials',
  uses: ['graph', 'graph-send'],
  cloud: 'us-government-high',
  tenant: 'contoso.example',
  clientId: guid(3),
  clientAuthentication: 'certificate',
});
const ewsApp = await post('profiles', {
  name: 'Contoso EWS',
  grant: 'client_credentials',
  uses: ['ews'],
  authorizationUrl: `https://login.microsoftonline.com/${guid(1)}/oauth2/v2.0/authorize`,
  tokenUrl: `https://login.microsoftonline.com/${guid(1)}/oauth2/v2.0/token`,
  clientId: guid(4),
  clientAuthentication: 'federated',
  federatedTokenFile: '/var/run/secrets/token',
});
await post('profiles', {
  name: 'Gmail',
  provider: 'google',
  uses: ['imap', 'pop3'],
  clientId: '1234.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-made-up',
});
const issuer = await post('profiles', {
  name: 'Identity of our own',
  provider: 'custom',
  grant: 'device_code',
  issuer: 'https://id.contoso.example',
  clientId: 'letterbox',
  clientAuthentication: 'none',
  scopes: 'openid offline_access mail',
});
const byPassword = await post('profiles', {
  name: 'Old server',
  authentication: 'password',
  provider: 'custom',
  uses: ['pop3', 'smtp'],
  password: 'pop3 ~ pässword',
});

// ---- their grants and secrets
await call('PATCH', `/api/profiles/${support.id}`, {
  clientSecret: 'a~second+secret',
  clientSecretExpiresOn: '2027-12-31',
});
await post(`profiles/${app.id}/certificate`);
const tokens = createTokenSources({ store, vault, events, log: letterbox.log });
const keep = createKeepConsent({ store, vault, events, tokens });
const answer = (name: string) => ({
  access_token: `${name}-access-token`,
  refresh_token: `${name}-refresh-token`,
  expires_in: 3599,
});
const account = {
  username: 'support@contoso.example',
  aliases: ['help@contoso.example'],
  name: 'Support',
  subject: 'made-up-subject',
  tenant: guid(1),
};
const imapTokens = withAnswer(null, 'https://outlook.office.com', answer('imap'), null);
await keep(await store.profiles.get(support.id), { account, tokens: imapTokens }, null);
await keep(
  await store.profiles.get(issuer.id),
  { account: null, tokens: withAnswer(null, '', answer('device'), null) },
  trouble('oauth.scope-missing', 'The consent lacks a scope', 'later'),
);
const grantOf = (id: string) => createGrantRecord(id, { store, vault, events });
await grantOf(app.id).renew(
  await store.profiles.get(app.id),
  withAnswer(
    withAnswer(
      null,
      'https://graph.microsoft.us',
      { access_token: 'graph-access-token', expires_in: 3599 },
      null,
    ),
    'https://outlook.office365.us',
    { access_token: 'outlook-access-token' },
    null,
  ),
  { trouble: null, warning: null },
);
await grantOf(ewsApp.id).fail(
  await store.profiles.get(ewsApp.id),
  'failing',
  trouble('oauth.AADSTS700213', 'The app does not trust the other authority', 'no'),
);

// ---- outgoing email servers
const supportOut = await post('outgoing-servers', {
  name: 'Support out',
  profileId: support.id,
  address: 'support@contoso.example',
  displayName: 'Contoso Support',
  username: 'support@contoso.example',
});
const local = await post('outgoing-servers', {
  name: 'Local delivery',
  kind: 'lmtp',
  host: 'localhost',
  port: 2424,
  address: 'letterbox@contoso.example',
  certificateAuthority: caPem,
});
const graphOut = await post('outgoing-servers', {
  name: 'Graph out',
  kind: 'graph',
  profileId: app.id,
  address: 'orders@contoso.example',
});

// ---- incoming email servers
const imap = await post('servers', {
  name: 'Support',
  address: 'support@contoso.example',
  profileId: support.id,
  folders: ['INBOX', 'Orders/*', '\\Junk'],
  startFrom: 'everything',
  afterIntake: { action: 'move', folder: 'Done' },
  acknowledgement: { outgoingServerId: supportOut.id, text: 'Your mail "{subject}" has arrived.' },
});
const pop3 = await post('servers', {
  name: 'Old mailbox',
  address: 'old@contoso.example',
  protocol: 'pop3',
  host: 'pop.contoso.example',
  port: 1110,
  security: 'starttls',
  username: 'old',
  certificateAuthority: caPem,
  profileId: byPassword.id,
  startFrom: '2026-01-31',
  afterIntake: { action: 'delete', afterDays: 14 },
  paused: true,
});
const graph = await post('servers', {
  name: 'Orders',
  address: 'orders@contoso.example',
  protocol: 'graph',
  profileId: app.id,
  afterIntake: { action: 'mark-read' },
});
const ews = await post('servers', {
  name: 'Shared mailbox',
  address: 'team@contoso.example',
  protocol: 'ews',
  host: 'exchange.contoso.example',
  profileId: ewsApp.id,
  shared: true,
  folders: ['INBOX', 'Projekte'],
});

// ---- destinations
const tickets = await post('destinations', { name: 'Tickets', url: 'https://tickets.contoso.example/mail' });
await post(`destinations/${tickets.id}/rotate-secret`);
const archive = await post('destinations', {
  name: 'Archive',
  url: 'https://archive.contoso.example/',
  servers: [imap.id, graph.id],
  enabled: false,
});
const forward = await post('destinations', {
  name: 'On to the team',
  kind: 'forward',
  recipient: 'team@fabrikam.example',
  outgoingServerId: local.id,
  servers: [pop3.id],
});

// ---- messages
function receipt(server: Json, uid: string, source: Buffer, more: object = {}): Json {
  const parser = createMessageParser();
  parser.write(source);
  const { content, size, sha256, fingerprint } = parser.end();
  return {
    position: { folder: 'INBOX', validity: server.protocol === 'imap' ? '1700000000' : '', uid },
    cursor: null,
    receivedAt: '2026-11-24T10:00:00.000Z',
    size,
    sha256,
    fingerprint,
    content,
    raw: { bytes: source },
    destinationIds: [],
    quarantine: null,
    ...more,
  };
}
function source(id: string, subject: string, fields: string[] = [], body: string[] = ['Good day.', '']) {
  return Buffer.from(
    [
      `Message-ID: <${id}@fabrikam.example>`,
      'Date: Tue, 24 Nov 2026 10:59:58 +0100',
      'From: =?utf-8?Q?J=C3=B6rg?= <joerg@fabrikam.example>',
      'To: support@contoso.example',
      `Subject: ${subject}`,
      ...fields,
      '',
      ...body,
    ].join('\r\n'),
  );
}

const removed = receipt(imap, '9', source('removed', 'Its source is no longer kept'), {
  destinationIds: [tickets.id],
});
await store.messages.receive(imap, [removed]);
await new Promise((done) => setTimeout(done, 5));
await settleOne(tickets.id, 'delivered');
await store.messages.expire({ sourcesBefore: new Date().toISOString(), messagesBefore: null });

const question = receipt(imap, '10', source('question', '=?utf-8?B?RMO8cmZlbiB3aXI/?='), {
  destinationIds: [tickets.id, archive.id],
});
const answering = receipt(
  imap,
  '11',
  source(
    'answer',
    'Re: Printer',
    [
      'In-Reply-To: <question@fabrikam.example>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="-=b"',
    ],
    [
      '---=b',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Gr=FC=DFe',
      'an alle',
      '---=b',
      'Content-Type: application/pdf; name="a.pdf"',
      'Content-Disposition: attachment; filename="a.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0xLjQK',
      '---=b--',
      '',
    ],
  ),
  { destinationIds: [tickets.id, archive.id] },
);
const plain = receipt(
  imap,
  '12',
  source('=', 'No identifier', [], ['Good day.']).subarray(source('=', '').indexOf('\n') + 1),
  {
    destinationIds: [tickets.id],
    cursor: JSON.stringify({ INBOX: { validity: '1700000000', last: 12, open: [7] } }),
  },
);
const question2 = await draftOf(supportOut, {
  to: [{ name: 'Jörg', address: 'joerg@fabrikam.example' }],
  cc: [],
  bcc: [],
  subject: 'Re: Dürfen wir?',
  text: 'Your mail has arrived.',
  html: null,
  answers: null,
  automatic: 'auto-replied',
});
question.answer = { draft: question2, to: 'joerg@fabrikam.example', unlessSince: new Date(0).toISOString() };
const received = await store.messages.receive(imap, [question, answering, plain]);

const large = source(
  'large',
  'Large',
  [
    'MIME-Version: 1.0',
    'Content-Type: text/plain; name="large.txt"',
    'Content-Disposition: attachment; filename="large.txt"',
  ],
  ['All work and no play.\r\n'.repeat(15_000)],
);
const spool = await store.messages.spool();
for (let at = 0; at < large.length; at += 60_000) await spool.append(large.subarray(at, at + 60_000));
await spool.finish();
await store.messages.receive(pop3, [
  receipt(pop3, 'uidl-1', large, { raw: { sourceId: spool.sourceId }, destinationIds: [forward.id] }),
]);
await store.servers.setCursor(pop3.id, JSON.stringify({ settled: 'abcdefghijkABCDEFGHIJK' }));
await store.messages.receive(graph, [
  receipt(graph, 'AAMkAG=', source('order', 'Order 66'), {
    destinationIds: [archive.id],
    quarantine: trouble('message.unreadable-part', 'A part could not be read', 'no').toJSON(),
  }),
]);
await store.servers.setCursor(
  graph.id,
  JSON.stringify({
    INBOX: {
      folderId: 'AAMkFolder',
      deltaLink: 'https://graph.microsoft.us/v1.0/delta?$deltatoken=made-up',
      subscription: { id: guid(5), renewAt: '2026-11-30T00:00:00.000Z', door: 'a-digest' },
    },
  }),
);
await store.servers.setCursor(
  ews.id,
  JSON.stringify({ INBOX: 'H4sIAAAAAAAEAA==', Projekte: 'H4sIAAAAAAAEAB==' }),
);
await store.quarantine.add(
  {
    id: 'qrn_01jd000000000000000000000',
    serverId: imap.id,
    position: { folder: 'Orders/2026', validity: '1700000001', uid: '4711' },
    receivedAt: '2026-11-24T11:00:00.000Z',
    messageId: null,
    problem: trouble('message.too-large', 'The message is too large', 'no').toJSON(),
    quarantinedAt: new Date().toISOString(),
  },
  JSON.stringify({
    INBOX: { validity: '1700000000', last: 12, open: [7] },
    'Orders/2026': { validity: '1700000001', last: 4711, open: [] },
  }),
);
await store.messages.acknowledged(imap.id, [question.position]);

// ---- what mailboxes do
const states = [
  [
    imap,
    {
      condition: 'watching',
      problem: null,
      lastContactAt: '2026-11-24T12:00:00.000Z',
      lastMessageAt: '2026-11-24T11:59:00.000Z',
      retryAt: null,
    },
  ],
  [
    ews,
    {
      condition: 'failing',
      problem: trouble(
        'ews.unreachable',
        'The server cannot be reached',
        new Date('2026-11-24T12:30:00Z'),
      ).toJSON(),
      lastContactAt: null,
      lastMessageAt: null,
      retryAt: '2026-11-24T12:30:00.000Z',
    },
  ],
  [
    graph,
    {
      condition: 'throttled',
      problem: null,
      lastContactAt: '2026-11-24T12:00:00.000Z',
      lastMessageAt: null,
      retryAt: '2026-11-24T12:05:00.000Z',
    },
  ],
] as const;
for (const [server, state] of states)
  await store.servers.setState({ serverId: server.id, since: '2026-11-24T11:00:00.000Z', ...state });
await store.servers.setRestriction(graph.id, {
  mailbox: 'ceo@contoso.example',
  outcome: 'refused',
  detail: 'ErrorAccessDenied',
  checkedAt: '2026-11-24T12:00:00.000Z',
});

// ---- outgoing mail
await post('outgoing', {
  serverId: supportOut.id,
  to: ['ann@fabrikam.example', 'nobody@fabrikam.example'],
  bcc: ['log@contoso.example'],
  subject: 'Grüße',
  text: 'Good day.',
  html: '<p>Good day.</p>',
});
await post(`messages/${received[0].messageId}/reply`, { text: 'It is mended.' });
await post('outgoing', {
  serverId: graphOut.id,
  to: ['ann@fabrikam.example'],
  subject: 'Sent',
  text: 'Sent.',
});
await post('outgoing', { serverId: local.id, to: ['lost@contoso.example'], subject: 'Lost', text: 'Lost.' });
await post('outgoing', {
  serverId: local.id,
  to: ['later@contoso.example'],
  subject: 'Later',
  text: 'Later.',
});

// ---- who is told
await call('PATCH', '/api/notifications', {
  outgoingServerId: supportOut.id,
  addresses: ['admin@contoso.example'],
  destinationId: tickets.id,
});
const [notice, ...others] = await administration.notices();
for (const one of [notice, ...others]) await store.concerns.add(one, '2026-11-24T11:00:00.000Z');
await store.concerns.tell({
  notification: {
    id: 'ntf_01jd000000000000000000000',
    raised: [notice],
    mended: [],
    createdAt: new Date().toISOString(),
  },
  drafts: [
    await draftOf(supportOut, {
      to: [{ name: '', address: 'admin@contoso.example' }],
      cc: [],
      bcc: [],
      subject: `Letterbox: ${notice.title}`,
      text: notice.detail,
      html: null,
      answers: null,
      automatic: 'auto-generated',
    }),
  ],
  destinationIds: [tickets.id],
});

// ---- how deliveries ended
await settleOne(tickets.id, 'delivered');
await settleOne(tickets.id, 'dead');
await settleOne(archive.id, 'pending');
await settleOne(graphOut.id, 'delivered', 'accepted');
await settleOne(local.id, 'dead', 'rejected');
const mails = (await call('GET', '/api/outgoing?limit=500')).items;
const first = mails.find(({ subject }: Json) => subject === 'Grüße');
await store.outbox.answered(
  first.id,
  first.recipients.map((recipient: Json, i: number) => ({
    ...recipient,
    ...(i === 0 && { state: 'accepted' }),
    ...(i === 1 && {
      state: 'rejected',
      problem: trouble('smtp.550', 'The recipient is unknown', 'no').toJSON(),
    }),
  })),
);

// ---- the administrator
await administration.signIn.setUp({ token: await prepareSetUp(store), password }, 'here');

const listing = await createListing(letterbox);
await letterbox.close();

// As small as can be, and whole in one file.
const database = new DatabaseSync(join(folder, 'letterbox.sqlite'));
database.exec('PRAGMA journal_mode = DELETE; VACUUM');
database.close();
rmSync(kept, { recursive: true, force: true });
mkdirSync(kept);
for (const file of ['letterbox.sqlite', 'master.key']) copyFileSync(join(folder, file), join(kept, file));
writeFileSync(
  new URL('expected.json', import.meta.url),
  `${JSON.stringify({ password, ...listing }, null, 2)}\n`,
);
rmSync(folder, { recursive: true });

function trouble(code: string, title: string, retry: 'no' | 'later' | Date): Problem {
  return new Problem({
    code,
    title,
    detail: 'as the other side said',
    cause: 'Made up.',
    remedy: 'Do nothing.',
    retry,
  });
}

/** Ends an attempt of the first delivery that is due: for good, or for now. */
async function settleOne(
  to: string,
  state: 'pending' | 'delivered' | 'dead',
  said?: 'accepted' | 'rejected',
) {
  const now = new Date(Date.now() + 1000).toISOString();
  const [delivery] = await store.deliveries.claim(to, now, now, 1);
  const problem =
    state === 'delivered'
      ? null
      : trouble('webhook.status', 'The destination answered 503', 'later').toJSON();
  const at = new Date().toISOString();
  await store.deliveries.settle({
    ...delivery,
    state,
    attempts: delivery.attempts + 1,
    lastAttemptAt: at,
    deliveredAt: state === 'delivered' ? at : null,
    nextAttemptAt: state === 'pending' ? '2026-11-25T00:00:00.000Z' : delivery.nextAttemptAt,
    problem,
  });
  if (said === undefined) return;
  const mail = await store.outbox.get(delivery.messageId);
  await store.outbox.answered(
    mail.id,
    mail.recipients.map((recipient: Json) => ({ ...recipient, state: said, problem })),
  );
}
