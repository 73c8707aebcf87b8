import { setTimeout as sleep } from 'node:timers/promises';
import { builtIn, type Kinds, resourcesOf } from '../../src/adapters.ts';
import type {
  Administration,
  DestinationWithEndpoint,
  DeviceSignIn,
} from '../../src/administration/administration.ts';
import type { Managed } from '../../src/administration/managed.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { invalidInput, notFound, Problem, type ProblemJson } from '../../src/model/problem.ts';
import type { DestinationConfig, DestinationKind } from '../../src/resources/destination.ts';
import { readInput } from '../../src/resources/input.ts';
import { type Json, kindOf, type Resource, type ResourceRecord } from '../../src/resources/resource.ts';
import {
  sampleDeliveries,
  sampleDestinations,
  sampleFigures,
  sampleNotices,
  sampleProfiles,
  sampleProof,
  sampleQuarantine,
  sampleServers,
  sampleSetup,
} from './sample-data.ts';
import { sampleDiscovery } from './sample-discovery.ts';
import { firstGuideStep, sampleGuide, sampleGuideSteps } from './sample-guide.ts';
import { attachmentBytes, sampleMessages } from './sample-messages.ts';
import {
  noNotifications,
  sampleMails,
  sampleNotifications,
  sampleOutgoingServers,
} from './sample-outgoing.ts';
import { ago } from './sample-time.ts';
import { stretched } from './stretched.ts';

/** `long`: as `lively`, with values that no line can hold. */
export type Furnishing = 'fresh' | 'lively' | 'long';

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

/** The records of a resource, made up: input is read by the real fields, and nothing is kept. */
function sampled<R extends ResourceRecord>(resource: Resource, items: R[], created: R): Managed<R> {
  const get = async (id: string) => {
    const found = items.find((item) => item.id === id);
    if (!found) throw notFound('There is no such thing here', id, 'Choose another.');
    return found;
  };
  return {
    resource,
    get,
    list: async () => items,
    all: async () => ({ records: items, unreadable: [] }),
    async create(input) {
      const { fields, wrong } = readInput(resource, input, null);
      if (wrong.length > 0) throw invalidInput(wrong);
      return { ...created, ...fields, id: created.id } as R & Json;
    },
    update: get,
    async remove() {},
  };
}

/**
 * An installation made up for looking at pages: `fresh` has nothing, `lively` something of everything. Forms
 * are validated by the real schemas; nothing is kept. Sign-in is the real one, given by the caller. `more` are other
 * resources beside Letterbox's own.
 */
export function createSampleAdministration(
  signIn: Administration['signIn'],
  furnishing: Furnishing,
  { kinds = builtIn, more = [] }: { kinds?: Kinds; more?: Managed<ResourceRecord>[] } = {},
): Administration {
  const resources = resourcesOf(kinds);
  const destinationKindOf = (one: DestinationConfig) =>
    kindOf(resources.destinations, one as unknown as Json) as DestinationKind;
  const grown = <T>(value: T): T => (furnishing === 'long' ? stretched(value) : value);
  const of = <T>(items: T[]): T[] => (furnishing === 'fresh' ? [] : grown(items));
  const find = <T extends { id: string }>(items: T[], id: string): T => {
    const found = of(items).find((item) => item.id === id);
    if (!found) throw notFound('There is no such thing here', id, 'Choose another.');
    return found;
  };
  const nothing = async () => {};
  const [profile, server, destination] = [sampleProfiles[0], sampleServers[0], sampleDestinations[0]];
  const [outgoing] = sampleOutgoingServers;
  if (!profile || !server || !destination || !outgoing) throw new Error('the samples are empty');

  const managed = {
    profiles: {
      ...sampled(resources.profiles, of(sampleProfiles), profile),
      renewCertificate: async (id: string) => find(sampleProfiles, id),
      authorize: async (id: string) => {
        throw Problem.fromJSON(find(sampleProfiles, id).problem ?? noProblem);
      },
    },
    servers: {
      ...sampled(resources.servers, of(sampleServers), server),
      pause: nothing,
      resume: nothing,
      syncOnce: async () => ({ stored: 0, recognised: 0, waiting: 0, quarantined: 0 }),
      figures: async () => sampleFigures,
      audit: async () => sampleFigures,
    },
    destinations: {
      ...sampled<DestinationWithEndpoint>(resources.destinations, of(sampleDestinations), destination),
      create: async () => ({ ...destination, signingSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
      targetOf: (one: DestinationConfig) =>
        destinationKindOf(one).targetOf(one as DestinationConfig & Record<string, unknown>),
      isSigned: (one: DestinationConfig) => destinationKindOf(one).signed === true,
      switchOn: nothing,
      rotateSecret: async () => ({ signingSecret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }),
    },
    outgoingServers: {
      ...sampled(resources.outgoingServers, of(sampleOutgoingServers), outgoing),
      test: (id: string) =>
        sampleTest(id === 'ogs_relay' ? find(sampleServers, 'srv_orders').state.problem : null),
    },
    notifications: sampled(
      resources.notifications,
      [furnishing === 'fresh' ? noNotifications : sampleNotifications],
      sampleNotifications,
    ),
  };
  return {
    ...managed,
    address: { publicUrl: 'https://mail.contoso.example:8443', isSet: true },
    resources: [...(Object.values(managed) as unknown as Managed<ResourceRecord>[]), ...more],
    consent: {
      check: async () => true,
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
          ? grown(sampleCode)
          : { ...sampleCode, outcome: { kind: 'refused', problem: sampleProfiles[1]?.problem ?? noProblem } },
      cancel: nothing,
    },
    adminConsent: {
      check: async () => true,
      begin: async () => new URL('https://login.example/adminconsent?state=sample'),
      complete: async () => profile,
      redirectUri: 'https://mail.contoso.example:8443/oauth/admin-consent',
    },
    // Nothing of the console's pages asks for it yet
    azureSetups: undefined as never,
    guide: {
      list: async () => (furnishing === 'lively' ? [sampleGuide] : []),
      get: async () => sampleGuide,
      begin: async () => sampleGuide,
      remove: nothing,
      steps: async () => sampleGuideSteps,
      step: async (_id, name) => sampleGuideSteps.find((one) => one.name === name) ?? firstGuideStep,
      outline: async () => sampleGuideSteps.map(({ name, title }) => ({ name, title })),
      made: nothing,
    },
    doctor: {
      async *server(id: string) {
        const { problem } = find(sampleServers, id).state;
        yield* sampleTest(problem);
        yield { diagnosis: diagnosisOf(problem) };
      },
      async *all() {
        for (const { id, name, state } of of(sampleServers))
          yield { server: { id, name }, diagnosis: diagnosisOf(state.problem) };
      },
    },
    mailboxAccess: {
      setup: async () => grown(sampleSetup),
      restriction: async () => grown(sampleProof),
      proveRestriction: async () => sampleProof,
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
      attempts: async () => [],
      counts: async () =>
        furnishing !== 'fresh'
          ? { pending: 31, delivered: 18_204, dead: 2 }
          : { pending: 0, delivered: 0, dead: 0 },
      targets: async () => [
        ...of(sampleDestinations).map(({ id, name }) => ({ kind: 'destination' as const, id, name })),
        ...of(sampleOutgoingServers).map(({ id, name }) => ({ kind: 'outgoing-server' as const, id, name })),
      ],
      replay: async () => 1,
    },
    outgoing: {
      list: async () => ({ items: of(sampleMails), next: null }),
      get: async (id) => find(sampleMails, id),
      async *raw() {},
      send: async () => find(sampleMails, 'out_reply'),
      reply: async () => find(sampleMails, 'out_reply'),
    },
    quarantine: { list: async () => of(sampleQuarantine), process: nothing, dismiss: nothing },
    graphNotifications: { receive() {} },
    signIn,
    notices: async () => of(sampleNotices),
    discovery: sampleDiscovery,
  };
}

function diagnosisOf(problem: (typeof sampleServers)[number]['state']['problem']): Diagnosis {
  return {
    problem: problem && Problem.fromJSON(problem),
    cause: problem && 'no-full-access',
    certainty: 'likely',
    possible: problem
      ? [
          { name: 'no-full-access', why: 'No access.', remedy: 'Give it.', decide: 'Get-MailboxPermission' },
          { name: 'switched-off', why: 'IMAP is switched off.', remedy: 'Switch it on.' },
        ]
      : [],
    also: [],
  };
}

async function* sampleTest(
  problem: (typeof sampleServers)[number]['state']['problem'],
): AsyncGenerator<CheckResult> {
  const passed = (check: string, title: string, detail: string): CheckResult => ({
    check,
    title,
    outcome: 'passed',
    detail,
    evidence: [{ label: 'Seen', value: detail }],
    problem: null,
    waitsFor: [],
    tookMs: 12,
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
      outcome: 'failed',
      detail: '',
      evidence: [],
      problem: Problem.fromJSON(problem),
      waitsFor: [],
      tookMs: 40,
    };
  else {
    yield passed('sign-in', 'The mailbox lets us in', 'support@contoso.example by XOAUTH2');
    yield passed('folder', 'The folders are there', 'INBOX with 4,402 messages');
  }
}
