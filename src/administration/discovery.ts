import { z } from 'zod';
import type { Discover } from '../discovery/discover.ts';
import type { Discovery, Setting } from '../discovery/discovery.ts';
import { Problem } from '../model/problem.ts';
import { isMailboxOf } from '../resources/account-match.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import { validate } from '../resources/validation.ts';
import type { Administration } from './administration.ts';

/** Each asks a dozen servers of others. */
const mostAtOnce = 4;

export function createDiscovery({
  profiles,
  protocols,
  discover,
}: {
  profiles: Pick<Collection<CredentialProfile>, 'list'>;
  protocols: readonly string[];
  /** Null where the configuration does not want it. */
  discover: Discover | null;
}): Administration['discovery'] {
  const wantedSchema = z.object({ protocol: z.enum(protocols as [string, ...string[]]).nullish() });
  let underWay = 0;
  return {
    isOn: discover !== null,
    async discover(address, protocol) {
      if (!discover) throw switchedOff();
      const { protocol: wanted = null } = validate(wantedSchema, { protocol });
      if (underWay >= mostAtOnce) throw busy();
      underWay++;
      try {
        return withProfile(await discover(address, wanted), await profiles.list());
      } finally {
        underWay--;
      }
    },
  };
}

/** The credential profile that there is for such a mailbox, where there is just one. */
function withProfile(found: Discovery, profiles: CredentialProfile[]): Discovery {
  const settings = Object.entries(found.settings).map(([type, list]): [string, Setting[]] => {
    const use = list.find(({ field }) => field === 'protocol' || field === 'kind')?.value;
    const [profile, another] = profiles.filter((one) => one.uses.includes(String(use)) && isFor(one, found));
    if (!profile || another) return [type, list];
    const from = 'credential profiles that are here';
    return [type, [...list, { field: 'profileId', value: profile.id, from, remark: null }]];
  });
  return { ...found, settings: Object.fromEntries(settings) };
}

/** Whether a profile is of the provider that was found, for the same tenant, and not another person's. */
function isFor(profile: CredentialProfile, { address, domain, settings }: Discovery): boolean {
  const found = (name: string) => settings.profile?.find(({ field }) => field === name)?.value ?? null;
  const tenants = [found('tenant'), domain].map((one) => String(one).toLowerCase());
  const mailbox = { address, username: null, shared: false };
  return (
    profile.provider === found('provider') &&
    profile.authentication === found('authentication') &&
    (found('tenant') === null || tenants.includes(profile.tenant?.toLowerCase() ?? '')) &&
    (profile.account === null || isMailboxOf(profile.account, profile.signInName, mailbox)) &&
    profile.provider !== 'custom'
  );
}

function switchedOff(): Problem {
  return new Problem({
    code: 'discovery.off',
    kind: 'conflict',
    title: 'Settings are not looked for here',
    cause: 'discovery.enabled of the configuration is false.',
    remedy: 'Enter them by hand; or let whoever runs Letterbox set discovery.enabled to true.',
  });
}

function busy(): Problem {
  return new Problem({
    code: 'discovery.busy',
    kind: 'busy',
    title: 'Settings are being looked for already',
    detail: `${mostAtOnce} searches are under way`,
    remedy: 'Try again in some seconds.',
    retry: 'later',
  });
}
