import type { ValuesOf } from './field.ts';
import { tick, view } from './fields/choice.ts';
import { references } from './fields/reference.ts';
import { nameField } from './fields/text.ts';
import type { Kind, Resource, ResourceRecord } from './resource.ts';

/** A kind of place that messages go to. */
export interface DestinationKind extends Kind {
  /** Where a destination of it leads to, in one word for lists. */
  targetOf(destination: DestinationConfig & Record<string, unknown>): string;
  /** It signs what it sends, with a secret that is made with it. */
  signed?: true;
  /** It also takes what administrators are told. */
  takesNotices?: true;
}

/** What an administrator says of any destination; each kind adds its own. */
export const destinationFields = {
  name: nameField({ help: 'Such as “Ticket system”.' }),
  from: view({
    label: 'Which mail',
    viewOf: ({ servers }) => ((servers ?? null) === null ? 'all' : 'some'),
    choices: [
      { value: 'all', label: 'All of it', help: 'From every server, also those added later.' },
      { value: 'some', label: 'From chosen servers' },
    ],
  }),
  servers: references({
    label: 'Servers',
    when: { from: ['some'] },
    option: 'server',
    placeholder: 'SERVER',
    to: 'server',
    all: 'all servers, also those added later',
    column: 'SERVERS',
  }),
  enabled: tick({
    label: 'Deliver',
    help: 'While this is off, no deliveries are made for new messages.',
    free: true,
    fallback: true,
    column: 'ENABLED',
  }),
};

/** Where messages go; each kind knows its own fields. Its secrets are sealed beside it, not in it. */
export type DestinationConfig = ResourceRecord & ValuesOf<typeof destinationFields> & { kind: string };

/** Whether messages of an incoming email server go there. */
export function takesMailOf({ enabled, servers }: DestinationConfig, serverId: string): boolean {
  return enabled && (servers === null || servers.includes(serverId));
}

/** The resource, of the kinds that there are. */
export function destinations(kinds: readonly DestinationKind[]): Resource {
  return {
    type: 'destination',
    path: 'destinations',
    command: 'destination',
    idPrefix: 'dst',
    title: 'destination',
    noun: 'destination',
    version: 1,
    kind: {
      field: 'kind',
      label: 'Kind',
      placeholder: 'KIND',
      fallback: 'webhook',
      kinds,
      fixed: true,
      column: 'KIND',
    },
    fields: destinationFields,
    twin: (one: Described, other: Described) => leadsToTheSame(one, other, kinds),
    removal: {
      what: 'the destination',
      consequence:
        'Its pending deliveries and dead letters are deleted with it. The messages themselves stay.',
    },
  };
}

type Described = DestinationConfig & Record<string, unknown>;

/** Mail that both would get goes to one place twice. */
function leadsToTheSame(one: Described, other: Described, kinds: readonly DestinationKind[]): string | null {
  const [target, same] = [one, other].map((destination) => {
    const { targetOf } = kinds.find(({ name }) => name === destination.kind) ?? {};
    const leadsTo = targetOf?.(destination) ?? '';
    return `${destination.kind} ${URL.canParse(leadsTo) ? new URL(leadsTo).href : leadsTo.toLowerCase()}`;
  });
  const isShared =
    one.servers === null || other.servers === null || one.servers.some((id) => other.servers?.includes(id));
  return target === same && isShared ? 'leads to the same place: messages would go there twice' : null;
}
