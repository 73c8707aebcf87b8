import { ewsRetirement, isRetired } from '../model/ews-retirement.ts';
import type { MailServerState } from '../model/mail-server.ts';
import type { Notice } from '../model/notice.ts';
import type { ProblemJson } from '../model/problem.ts';
import { type CredentialExpiry, daysLeft, expiryOf } from '../oauth/credential-expiry.ts';
import type { Collection } from '../resources/collection.ts';
import type { Collections } from '../resources/collections.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { deliveryTargets } from './deliveries.ts';

/** What needs a person now, errors before warnings. */
export function createNotices(resources: Collections, store: Store): Administration['notices'] {
  return async () => {
    const profiles = await resources.profiles.list();
    const servers = await resources.servers.list();
    const states = new Map((await store.mailboxes.states()).map((state) => [state.serverId, state]));
    const notices = [
      ...storeNotices(store),
      ...profileNotices(profiles, servers),
      ...serverNotices(servers, states, profiles),
      ...retirementNotices(servers, states),
      ...(await deliveryNotices(resources, store)),
      ...(await endpointNotices(resources, store)),
      ...(await quarantineNotices(store)),
      ...(await unreadableNotices(resources)),
    ];
    return notices.toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
  };
}

/** What ails the database ails everything. */
function storeNotices({ health }: Store): Notice[] {
  const problems = [health.writing(), health.damage()].filter((problem) => problem !== null);
  return problems.map(({ code, title, detail, cause, remedy }) => ({
    key: code,
    severity: 'error',
    title,
    detail: [detail, cause].filter(Boolean).join('. '),
    remedy,
    link: '/',
  }));
}

type States = ReadonlyMap<string, MailServerState>;

function profileNotices(profiles: CredentialProfile[], servers: MailServer[]): Notice[] {
  const notices: Notice[] = [];
  for (const profile of profiles) {
    const link = `/profiles/${profile.id}`;
    if (profile.state !== 'connected')
      notices.push({
        key: `profile.${profile.problem ? 'failing' : 'new'} ${profile.id}`,
        severity: profile.problem ? 'error' : 'warning',
        title: `${profile.name}: ${profile.problem?.title ?? 'not connected yet'}`,
        detail: [
          profile.problem?.cause ??
            profile.problem?.detail ??
            'Nobody has consented for this credential profile.',
          ...neededBy(servers.filter(({ profileId }) => profileId === profile.id)),
        ].join(' '),
        remedy: profile.problem?.remedy ?? 'Open the profile and press Connect.',
        link,
      });
    else if (profile.problem)
      notices.push({
        key: `profile.warning ${profile.id}`,
        severity: 'warning',
        title: `${profile.name}: ${profile.problem.title}`,
        detail: profile.problem.detail ?? '',
        remedy: profile.problem.remedy ?? 'Open the profile.',
        link,
      });
    const expiry = expiryOf(profile);
    const expiring = expiry && expiryNotice(profile, expiry);
    if (expiring) notices.push({ ...expiring, link });
  }
  return notices;
}

/** Which servers wait for the profile to be mended. */
function neededBy(servers: MailServer[]): string[] {
  return servers.length === 0 ? [] : [`Needed by ${servers.map(({ name }) => name).join(', ')}.`];
}

const credentials = {
  'client-secret': {
    name: 'client secret',
    remedy: 'Make a new client secret for the app and enter its value and date with Replace secret.',
  },
  'client-certificate': {
    name: 'client certificate',
    remedy: 'Renew the certificate in the profile and give its new public part to the app.',
  },
};

/** Days before a credential expires at which an administrator is told, each time anew. */
const warningDays = [60, 30, 14, 7, 1, -1];

/** Null while it is good for long. */
function expiryNotice(profile: CredentialProfile, expiry: CredentialExpiry): Omit<Notice, 'link'> | null {
  const { name, remedy } = credentials[expiry.kind];
  const days = daysLeft(expiry);
  const threshold = warningDays.findLast((one) => days <= one);
  if (threshold === undefined) return null;
  return {
    key: `${expiry.kind}.${threshold} ${profile.id}`,
    severity: days < 0 ? 'error' : 'warning',
    title:
      days < 0
        ? `${profile.name}: the ${name} has expired`
        : `${profile.name}: the ${name} expires in ${days} day${days === 1 ? '' : 's'}`,
    detail: `It is good until ${expiry.expiresAt.slice(0, 10)}.`,
    remedy,
  };
}

function serverNotices(servers: MailServer[], states: States, profiles: CredentialProfile[]): Notice[] {
  const profileById = new Map(profiles.map((profile) => [profile.id, profile]));
  return servers.flatMap((server) => {
    const state = states.get(server.id);
    if (!state?.problem || server.paused) return [];
    if (isToldWith(profileById.get(server.profileId), state.problem)) return [];
    return [
      {
        key: `server.${state.condition === 'failing' ? 'failing' : 'remark'} ${server.id}`,
        severity: state.condition === 'failing' ? ('error' as const) : ('warning' as const),
        title: `${server.name}: ${state.problem.title}`,
        detail: state.problem.cause ?? state.problem.detail ?? '',
        remedy: state.problem.remedy ?? 'Open the server and press Test connection.',
        link: `/servers/${server.id}`,
      },
    ];
  });
}

/** Why a profile has no token is told once, with the profile. */
function isToldWith(profile: CredentialProfile | undefined, problem: ProblemJson): boolean {
  if (!profile || profile.state === 'connected') return false;
  return problem.kind === 'consent' || problem.code === profile.problem?.code;
}

/** Servers that work today, and are known to stop. */
function retirementNotices(servers: MailServer[], states: States): Notice[] {
  // Where it has stopped already, its problem says the same
  const works = ({ id }: MailServer) => states.get(id)?.problem?.kind !== 'mailbox';
  const retired = servers.filter((server) => isRetired(server) && works(server));
  return retired.map(({ id, name }) => ({
    key: `server.retiring ${id}`,
    severity: 'warning',
    title: `${name}: Exchange Web Services end in Exchange Online on 1 April 2027`,
    detail: ewsRetirement.what,
    remedy: ewsRetirement.remedy,
    link: `/servers/${id}`,
  }));
}

/** One for each destination and outgoing server, so that trouble at another one is news. */
async function deliveryNotices(resources: Collections, store: Store): Promise<Notice[]> {
  const names = new Map((await deliveryTargets(resources)).map(({ id, name }) => [id, name]));
  return (await store.deliveries.dead()).map(({ target: { id }, count }) => ({
    key: `delivery.dead ${id}`,
    severity: 'error',
    title: `${names.get(id) ?? id}: ${count} ${count === 1 ? 'delivery has' : 'deliveries have'} failed for good`,
    detail: 'They are kept as dead letters and are not tried again by themselves.',
    remedy: 'See why under Deliveries, mend what stands in the way, then press Replay.',
    link: `/deliveries?state=dead&destination=${id}`,
  }));
}

/** Destinations that nothing is sent to any more, by their own wish. */
async function endpointNotices({ destinations }: Collections, store: Store): Promise<Notice[]> {
  const present = new Map((await destinations.list()).map((one) => [one.id, one]));
  return (await store.endpoints.disabled()).flatMap(({ id, version, endpoint: { disabled } }) => {
    const destination = present.get(id);
    if (!destination?.enabled || destination.version !== version || !disabled) return [];
    return [
      {
        key: `destination.disabled ${id}`,
        severity: 'error' as const,
        title: `${destination.name}: ${disabled.title}`,
        detail: 'It answered 410 Gone, so it is switched off. Its messages wait.',
        remedy: disabled.remedy ?? 'Open the destination and press Switch on again.',
        link: `/destinations/${id}`,
      },
    ];
  });
}

/** Records that cannot be read stop nothing but themselves, so nobody would notice. */
async function unreadableNotices(resources: Collections): Promise<Notice[]> {
  const all = await Promise.all(
    Object.values(resources).map(async ({ resource, all: readAll }: Collection) =>
      (await readAll()).unreadable.map(({ id, name, problem }) => ({
        key: `record.unreadable ${id}`,
        severity: 'error' as const,
        title: `${name}: ${problem.title}`,
        detail: problem.detail ?? '',
        remedy: problem.remedy ?? '',
        link: `/${resource.path}`,
      })),
    ),
  );
  return all.flat();
}

async function quarantineNotices(store: Store): Promise<Notice[]> {
  const count = (await store.quarantine.list()).filter(({ state }) => state === 'quarantined').length;
  if (count === 0) return [];
  return [
    {
      key: 'quarantine',
      severity: 'warning',
      title: `${count} message${count === 1 ? ' is' : 's are'} in quarantine`,
      detail: 'Each could not be read or parsed; nothing else waits for it.',
      remedy: 'Look at the reason under Quarantine, then press Process again or Dismiss.',
      link: '/quarantine',
    },
  ];
}
