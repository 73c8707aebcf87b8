import { invalidInput } from '../../model/problem.ts';
import type { Collection } from '../../resources/collection.ts';
import type { Collections } from '../../resources/collections.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { Guide } from '../../resources/guide.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Guided, OwnAddress } from '../../setup/guide/guided.ts';
import { lookAt, lookAtAll, type StandingStep, stepsOf } from '../../setup/guide/index.ts';
import type { Administration } from '../administration.ts';
import { createEyes, type EyeParts } from './eyes.ts';
import { hostsOf } from './hosts.ts';

interface Parts extends EyeParts {
  resources: Pick<Collections, 'profiles' | 'servers' | 'destinations'>;
  guides: Collection<Guide>;
  mailboxAccess: Administration['mailboxAccess'];
  own: OwnAddress;
}

/** Looks at all steps end by then. */
const longestMs = 90_000;

/** The way from nothing to the first mail; kept, so that it can be left and resumed. */
export function createGuideAdministration(parts: Parts): Administration['guide'] {
  const { guides, resources } = parts;

  /** A guide by its id; or that of a server or a profile, whose health it shows. */
  async function guidedBy(id: string): Promise<Guided> {
    const known = await guides.find(id);
    const server = await resources.servers.find(known?.serverId ?? id);
    const profile = await resources.profiles.find(known?.profileId ?? server?.profileId ?? id);
    const guide = known ?? (profile && guideOf(profile, server)) ?? (await guides.get(id));
    return {
      guide,
      profile,
      server,
      own: parts.own,
      hosts: hostsOf(guide, profile, server),
      exchange: server ? await parts.mailboxAccess.setup(server.id) : [],
      eyes: createEyes(guide, parts),
    };
  }

  async function step(id: string, name: string): Promise<StandingStep> {
    const guided = await guidedBy(id);
    const found = stepsOf(guided).find((one) => one.name === name);
    if (!found) throw invalidInput([{ field: 'step', expected: 'a step of this guide', given: name }]);
    return lookAt(found, guided, AbortSignal.timeout(longestMs));
  }

  return {
    list: guides.list,
    get: async (id) => (await guidedBy(id)).guide,
    begin: (input) => guides.create(input),
    remove: (id) => guides.remove(id),
    steps: async (id) => lookAtAll(await guidedBy(id), AbortSignal.timeout(longestMs)),
    step,
    outline: async (id) => stepsOf(await guidedBy(id)).map(({ name, title }) => ({ name, title })),
    async made(id, { profileId, serverId }) {
      await guides.update(id, {
        ...(profileId !== undefined && { profileId }),
        ...(serverId !== undefined && { serverId }),
      });
    },
  };
}

/** What the guide of a server or a profile would be that was set up without one. */
function guideOf(profile: CredentialProfile, server: MailServer | null): Guide {
  const { id, name, createdAt, updatedAt, version } = server ?? profile;
  return {
    id,
    name,
    createdAt,
    updatedAt,
    version,
    address: server?.address ?? profile.account?.username ?? '',
    provider: profile.provider as Guide['provider'],
    protocol: (server?.protocol ?? profile.uses[0] ?? 'imap') as Guide['protocol'],
    grant: profile.grant,
    shared: server?.shared ?? false,
    profileId: profile.id,
    serverId: server?.id ?? null,
  };
}
