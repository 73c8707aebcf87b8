import type { DestinationWithEndpoint } from '../../administration/administration.ts';
import type { MailServerState } from '../../model/mail-server.ts';
import type { ProblemJson } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import type { ResourceRecord } from '../../resources/resource.ts';
import { instant } from '../output.ts';

/** A column that no field has; at the end, or `after` another. One with a field’s heading takes its place. */
export interface Column<R> {
  heading: string;
  after?: string;
  of(record: R): string | null;
}

/** What is told of records beside their fields: how they stand, and what comes next. */
interface Standing<R> {
  columns: Column<R>[];
  facts(record: R): [label: string, value: string | null][];
  /** What to do after a record was added. */
  next?(record: R): string;
}

const profile: Standing<CredentialProfile> = {
  columns: [
    { heading: 'STATE', after: 'NAME', of: ({ state }) => state },
    { heading: 'ACCOUNT', of: ({ account }) => account?.username ?? null },
    { heading: 'PROBLEM', of: ({ problem }) => problem?.title ?? null },
  ],
  facts: ({ state, problem, account, connectedAt, clientCertificate }) => [
    ['State', state],
    ...problemFacts(problem),
    ['Account', account?.username ?? null],
    ['Connected', instant(connectedAt)],
    ['Certificate expires', instant(clientCertificate?.expiresAt ?? null)],
    ['Thumbprint (SHA-256)', clientCertificate?.sha256 ?? null],
  ],
  next({ id, authentication, clientCertificate }) {
    if (authentication === 'password') return 'Now run: letterbox server add --help';
    const connect = `letterbox profile connect ${id}`;
    return clientCertificate
      ? `Give the app registration its certificate: letterbox profile certificate ${id}. Then run: ${connect}`
      : `Now run: ${connect}`;
  },
};

const server: Standing<MailServer & { state: MailServerState }> = {
  columns: [
    { heading: 'CONDITION', of: ({ state }) => state.condition },
    { heading: 'LAST MESSAGE', of: ({ state }) => instant(state.lastMessageAt) },
    { heading: 'PROBLEM', of: ({ state }) => state.problem?.title ?? null },
  ],
  facts: ({ state: { condition, problem, retryAt, lastContactAt, lastMessageAt } }) => [
    ['Condition', condition],
    ...problemFacts(problem),
    ['Tried again', instant(retryAt)],
    ['Last contact', instant(lastContactAt)],
    ['Last message', instant(lastMessageAt)],
  ],
  next: ({ id }) => `Now run: letterbox doctor ${id}`,
};

const outgoingServer: Standing<OutgoingServer> = {
  columns: [{ heading: 'SERVER', of: ({ host, port }) => `${host}:${port}` }],
  facts: () => [],
  next: ({ id }) => `Now run: letterbox outgoing test ${id}`,
};

const destination: Standing<DestinationWithEndpoint> = {
  columns: [{ heading: 'PROBLEM', of: ({ endpoint }) => endpoint.disabled?.title ?? null }],
  facts: ({ endpoint: { disabled, disabledAt, restsUntil } }) => [
    ...problemFacts(disabled),
    ['Switched off', instant(disabledAt)],
    ['Asked to be left alone until', instant(restsUntil)],
  ],
};

/** By type; a resource that has none is told of by its fields alone. */
const standings: Record<string, Standing<never>> = {
  profile,
  server,
  destination,
  'outgoing-server': outgoingServer,
};

export function standingOf(type: string): Standing<ResourceRecord> {
  return (standings[type] ?? { columns: [], facts: () => [] }) as Standing<ResourceRecord>;
}

function problemFacts(problem: ProblemJson | null): [string, string | null][] {
  return [
    ['Problem', problem?.title ?? null],
    ['Why', problem?.cause ?? problem?.detail ?? null],
    ['What to do', problem?.remedy ?? null],
  ];
}
