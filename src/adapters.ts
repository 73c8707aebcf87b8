import type { DeliveringKind } from './delivery/destination.ts';
import type { SendingKind } from './delivery/sender.ts';
import { forward } from './destinations/forward/kind.ts';
import { webhook } from './destinations/webhook/kind.ts';
import { providers } from './oauth/authorities/index.ts';
import { checkProfile } from './oauth/profile-check.ts';
import { sealProfile } from './oauth/profile-sealing.ts';
import { graph as graphSending } from './outgoing/graph/kind.ts';
import { lmtp, smtp } from './outgoing/smtp/kind.ts';
import type { Provider } from './resources/credential-profile/provider.ts';
import type { CredentialProfile } from './resources/credential-profile/record.ts';
import { credentialProfiles } from './resources/credential-profile/resource.ts';
import { destinations } from './resources/destination.ts';
import type { Choice } from './resources/field.ts';
import { incomingServers } from './resources/incoming-server/resource.ts';
import { notificationSettings } from './resources/notification-settings.ts';
import { outgoingServers } from './resources/outgoing-server/resource.ts';
import type { Loadable, Resource } from './resources/resource.ts';
import { ews } from './sources/ews/kind.ts';
import { graph } from './sources/graph/kind.ts';
import { imap } from './sources/imap/kind.ts';
import { pop3 } from './sources/pop3/kind.ts';
import type { MailProtocol } from './sources/source.ts';

/** Everything that Letterbox can be told to use; a line here for each, and a folder of its own. */
export interface Kinds {
  providers: readonly Provider[];
  protocols: readonly Loadable<MailProtocol>[];
  destinations: readonly Loadable<DeliveringKind>[];
  outgoing: readonly Loadable<SendingKind>[];
}

/** The same with what opens each. */
export interface OpeningKinds extends Kinds {
  protocols: readonly MailProtocol[];
  destinations: readonly DeliveringKind[];
  outgoing: readonly SendingKind[];
}

export const builtIn: Kinds = {
  providers,
  protocols: [imap, pop3, graph, ews],
  destinations: [webhook, forward],
  outgoing: [smtp, graphSending, lmtp],
};

/** Imports what opens each kind. */
export async function loadKinds(kinds: Kinds): Promise<OpeningKinds> {
  return {
    ...kinds,
    protocols: await loadAll<MailProtocol>(kinds.protocols),
    destinations: await loadAll<DeliveringKind>(kinds.destinations),
    outgoing: await loadAll<SendingKind>(kinds.outgoing),
  };
}

function loadAll<K extends { open: unknown }>(kinds: readonly Loadable<K>[]): Promise<K[]> {
  return Promise.all(
    kinds.map(async (kind) =>
      'load' in kind ? ({ ...kind, open: await kind.load() } as unknown as K) : kind,
    ),
  );
}

/** The resources that an administrator sets up, of these kinds. */
export function resourcesOf(kinds: Kinds) {
  const byPassword = [
    ...kinds.protocols.filter(({ tokensOnly }) => !tokensOnly).map(({ name }) => name),
    ...kinds.outgoing.filter(({ tokensOnly }) => !tokensOnly).map(({ use }) => use.name),
  ];
  const uses = new Map([
    ...kinds.protocols.map(({ name, use }) => [name, use] as const),
    ...kinds.outgoing.map(({ use }) => [use.name, use.label] as const),
  ]);
  return {
    profiles: credentialProfiles(
      kinds.providers,
      [...uses].map(([value, label]) => ({ value, label })),
      {
        check: (fields: CredentialProfile, change) => checkProfile(fields, change, [...new Set(byPassword)]),
        seal: sealProfile,
      },
    ),
    servers: incomingServers(kinds.protocols),
    destinations: destinations(kinds.destinations),
    outgoingServers: outgoingServers(kinds.outgoing),
    notifications: notificationSettings,
  };
}

/** What tokens can be for, as credential profiles offer it. */
export function usesOf({ fields }: Pick<Resource, 'fields'>): readonly Choice[] {
  const { control } = fields.uses ?? {};
  return control?.kind === 'ticks' ? control.choices : [];
}

export type Resources = ReturnType<typeof resourcesOf>;

/** A kind by its name; a record of a kind that there is not cannot be read, so it never comes here. */
export function named<K extends { name: string }>(kinds: readonly K[], name: string): K {
  const kind = kinds.find((one) => one.name === name);
  if (!kind) throw new Error(`there is no kind ${name}`);
  return kind;
}
