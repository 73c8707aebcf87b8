import { setTimeout as sleep } from 'node:timers/promises';
import type { Administration, CheckResult, DeviceSignIn } from '../../src/administration/administration.ts';
import { notificationInput } from '../../src/administration/administrator-notifications.ts';
import { outgoingServerInput } from '../../src/administration/outgoing-server-input.ts';
import { profileFields, secretFields } from '../../src/administration/profile-input.ts';
import { serverInput } from '../../src/administration/server-input.ts';
import { noNotifications } from '../../src/model/notice.ts';
import { notFound, Problem, type ProblemJson } from '../../src/model/problem.ts';
import { validate } from '../../src/resources/validation.ts';
import {
  sampleDeliveries,
  sampleDestinations,
  sampleNotices,
  sampleProfiles,
  sampleProof,
  sampleQuarantine,
  sampleServers,
  sampleSetup,
} from './sample-data.ts';
import { attachmentBytes, sampleMessages } from './sample-messages.ts';
import { sampleMails, sampleNotifications, sampleOutgoingServers } from './sample-outgoing.ts';
import { ago } from './sample-time.ts';

export type Furnishing = 'fresh' | 'lively';

const noProblem: ProblemJson = {
  code: 'internal',
  kind: 'internal',
  title: 'No problem',
  remedy: 'None is needed.',
  retry: 'no',
};
const sampleCode: DeviceSignIn = {
  userCode: 'BDFGHJKLM',
  verificationUri: 'https://microsoft.com/devicelogin',
  createdAt: ago(0),
  expiresAt: ago(-15),
  outcome: null,
};

/**
 * An installation made up for looking at pages: `fresh` has nothing, `lively` something of everything. Forms
 * are validated by the real schemas; nothing is kept. Sign-in is the real one, given by the caller.
 */
export function createSampleAdministration(
  signIn: Administration['signIn'],
  furnishing: Furnishing,
): Administration {
  const of = <T>(items: T[]): T[] => (furnishing === 'lively' ? items : []);
  const find = <T extends { id: string }>(items: T[], id: string): T => {
    const found = of(items).find((item) => item.id === id);
    if (!found) throw notFound('There is no such thing here', id, 'Choose another.');
    return found;
  };
  const nothing = async () => {};
  const [profile, server, destination] = [sampleProfiles[0], sampleServers[0], sampleDestinations[0]];
  const [outgoing] = sampleOutgoingServers;
  if (!profile || !server || !destination || !outgoing) throw new Error('the samples are empty');

  return {
    profiles: {
      list: async () => of(sampleProfiles),
      get: async (id) => find(sampleProfiles, id),
      create: async (input) => ({
        ...profile,
        ...validate(profileFields, input, { secret: [...secretFields] }),
      }),
      update: async (id) => find(sampleProfiles, id),
      renewCertificate: async (id) => find(sampleProfiles, id),
      remove: nothing,
      authorize: async (id) => {
        throw Problem.fromJSON(find(sampleProfiles, id).problem ?? noProblem);
      },
    },
    consent: {
      begin: async () => new URL('https://login.example/authorize?state=sample'),
      complete: async () => {
        throw new Problem({
          code: 'oauth.access_denied',
          kind: 'refused',
          title: 'The consent was declined',
          cause: 'Somebody pressed Cancel at the provider, or only administrators may consent there.',
          remedy: 'Press Reconnect and accept; or ask an administrator to grant consent for the app.',
        });
      },
      latest: async () => null,
      redirectUri: 'https://mail.contoso.example:8443/oauth/callback',
    },
    deviceCode: {
      begin: async () => sampleCode,
      state: async (id) =>
        id === 'prf_certificate'
          ? sampleCode
          : { ...sampleCode, outcome: { kind: 'refused', problem: sampleProfiles[1]?.problem ?? noProblem } },
      cancel: nothing,
    },
    adminConsent: {
      begin: async () => new URL('https://login.example/adminconsent?state=sample'),
      complete: async () => profile,
      redirectUri: 'https://mail.contoso.example:8443/oauth/admin-consent',
    },
    servers: {
      list: async () => of(sampleServers),
      get: async (id) => find(sampleServers, id),
      create: async (input) => ({
        ...server,
        ...validate(serverInput, input),
        host: server.host,
        startFrom: null,
        acknowledgement: null,
        port: 993,
      }),
      update: async (id) => find(sampleServers, id),
      remove: nothing,
      pause: nothing,
      resume: nothing,
      test: (id) => sampleTest(find(sampleServers, id).state.problem),
      syncOnce: async () => ({ stored: 0, recognised: 0, quarantined: 0 }),
    },
    access: {
      setup: async () => sampleSetup,
      restriction: async () => sampleProof,
      proveRestriction: async () => sampleProof,
    },
    destinations: {
      list: async () => of(sampleDestinations),
      get: async (id) => find(sampleDestinations, id),
      create: async () => ({ ...destination, signingSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
      update: async (id) => find(sampleDestinations, id),
      remove: nothing,
      rotateSecret: async () => ({ signingSecret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }),
    },
    messages: {
      list: async ({ serverId, search, limit, before }) => {
        const items = of(sampleMessages)
          .filter((message) => !serverId || message.serverId === serverId)
          .filter((message) => !search || message.subject.toLowerCase().includes(search.toLowerCase()))
          .map((message) => ({
            ...message,
            from: message.from[0]?.name || message.from[0]?.address || '',
            attachments: message.attachments.length,
            defects: message.defects.length,
          }));
        return { items: items.slice(0, limit), next: before || search ? null : 'older' };
      },
      get: async (id) => find(sampleMessages, id),
      async *raw(id) {
        yield Buffer.from(`Subject: ${find(sampleMessages, id).subject}\r\n\r\n`);
      },
      async *attachment(message, { index }) {
        yield attachmentBytes.get(`${message.id} ${index}`) ?? Buffer.alloc(0);
      },
      verifyDownload: () => false,
    },
    deliveries: {
      list: async ({ state, destinationId, messageId }) => ({
        items: of(sampleDeliveries).filter(
          (delivery) =>
            (!state || delivery.state === state) &&
            (!destinationId || delivery.target.id === destinationId) &&
            (!messageId || delivery.item.id === messageId),
        ),
        next: null,
      }),
      get: async (id) => find(sampleDeliveries, id),
      counts: async () =>
        furnishing === 'lively'
          ? { pending: 31, delivered: 18_204, dead: 2 }
          : { pending: 0, delivered: 0, dead: 0 },
      targets: async () => [
        ...of(sampleDestinations).map(({ id, name }) => ({ kind: 'destination' as const, id, name })),
        ...of(sampleOutgoingServers).map(({ id, name }) => ({ kind: 'outgoing-server' as const, id, name })),
      ],
      replay: async () => 1,
    },
    outgoingServers: {
      list: async () => of(sampleOutgoingServers),
      get: async (id) => find(sampleOutgoingServers, id),
      create: async (input) => ({
        ...outgoing,
        ...validate(outgoingServerInput, input),
        host: outgoing.host,
        port: outgoing.port,
        security: outgoing.security,
      }),
      update: async (id) => find(sampleOutgoingServers, id),
      remove: nothing,
      test: (id) => sampleTest(id === 'ogs_relay' ? find(sampleServers, 'srv_orders').state.problem : null),
    },
    outgoing: {
      list: async () => ({ items: of(sampleMails), next: null }),
      get: async (id) => find(sampleMails, id),
      async *raw() {},
      send: async () => find(sampleMails, 'out_reply'),
      reply: async () => find(sampleMails, 'out_reply'),
    },
    administratorNotifications: {
      get: async () => (furnishing === 'lively' ? sampleNotifications : noNotifications),
      update: async (input) => ({ ...sampleNotifications, ...validate(notificationInput, input) }),
    },
    quarantine: { list: async () => of(sampleQuarantine), process: nothing, dismiss: nothing },
    notifications: { receiveGraph() {} },
    signIn,
    notices: async () => of(sampleNotices),
  };
}

async function* sampleTest(
  problem: (typeof sampleServers)[number]['state']['problem'],
): AsyncGenerator<CheckResult> {
  const passed = (check: string, title: string, detail: string): CheckResult => ({
    check,
    title,
    passed: true,
    detail,
    problem: null,
  });
  yield passed('name', 'The name is known', 'outlook.office365.com is at 52.98.207.210 and 3 more');
  yield passed('connection', 'A connection is possible', '52.98.207.210, port 993');
  yield passed(
    'encryption',
    'The connection is encrypted',
    'TLS 1.3, certificate of outlook.com, good until 14 June 2027',
  );
  await sleep(30);
  yield passed('token', 'A token can be had', 'good for 74 minutes, for https://outlook.office.com');
  if (problem)
    yield {
      check: 'sign-in',
      title: 'The mailbox lets us in',
      passed: false,
      detail: '',
      problem: Problem.fromJSON(problem),
    };
  else {
    yield passed('sign-in', 'The mailbox lets us in', 'support@contoso.example by XOAUTH2');
    yield passed('folder', 'The folders are there', 'INBOX with 4,402 messages');
  }
}
