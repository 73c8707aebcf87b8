import { configSchema } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import type { Answer, Entry, Fetched, MailboxProtocol, NamedFolder } from '../../src/sources/protocol.ts';
import { createSource } from '../../src/sources/reader.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { mailServer } from './setting.ts';

/** What happens when a message is asked for; where nothing is said it is given whole. */
export type Happening = Partial<Answer> | Problem;

export interface ScriptedMailbox {
  source: MailSource;
  /** Folders and the UIDs of the messages in them; what was read is taken out. */
  folders: Record<string, string[]>;
  happenings: Map<string, Happening>;
  /** The UIDs of each request. */
  requests: string[][];
  listings: string[];
  /** What the folders list beside what is new in them, where that is more. */
  present: Record<string, string[]>;
  /** What the next waits end with; then the reading is to be ended from outside. */
  waits: (string | null)[];
}

/**
 * A mailbox over no protocol at all, for what the reader does by itself. Its cursor is the last UID that it covers.
 */
export function scriptedMailbox(
  folders: Record<string, string[]>,
  {
    server: fields = {},
    maxMessageBytes = 1_000,
    sizes = {},
    listingFails = {},
  }: {
    server?: Partial<MailServer>;
    maxMessageBytes?: number;
    sizes?: Record<string, number>;
    listingFails?: Record<string, Problem>;
  } = {},
): ScriptedMailbox {
  const server = mailServer({ port: 993, ...fields });
  const mailbox = {
    folders,
    happenings: new Map<string, Happening>(),
    requests: [],
    listings: [],
    present: {},
    waits: [],
  };
  const scripted: Omit<ScriptedMailbox, 'source'> = mailbox;
  const given = (uid: string): Answer => ({
    kind: 'given',
    receivedAt: '2026-01-01T00:00:00.000Z',
    size: uid.length,
    first: Buffer.from(uid),
    rest: null,
  });

  const entriesOf = (name: string, uids: string[]): Entry[] =>
    uids.map((uid) => ({
      position: { folder: name, validity: '', uid },
      size: sizes[uid] ?? null,
      receivedAt: null,
    }));

  async function* fetch(entries: readonly Entry[]): AsyncGenerator<Fetched> {
    scripted.requests.push(entries.map(({ position }) => position.uid));
    for (const entry of entries) {
      const { uid } = entry.position;
      const happening = scripted.happenings.get(uid);
      if (happening instanceof Problem) throw happening;
      yield { entry, ...given(uid), ...happening } as Fetched;
    }
  }

  const protocol: MailboxProtocol<NamedFolder> = {
    async begin() {
      let last = '';
      return {
        folders: async () => ({ folders: Object.keys(folders).map((name) => ({ name })), missing: null }),
        async *list({ name }) {
          scripted.listings.push(name);
          if (listingFails[name]) throw listingFails[name];
          const entries = entriesOf(name, folders[name] ?? []);
          if (entries.length > 0) yield { entries, behind: 0 };
        },
        fetch,
        async *present({ name }) {
          yield entriesOf(name, scripted.present[name] ?? folders[name] ?? []);
        },
        advance({ position: { folder, uid } }) {
          last = uid;
          folders[folder] = (folders[folder] ?? []).filter((waiting) => waiting !== uid);
        },
        cursor: () => last,
        async wait() {
          const name = scripted.waits.shift();
          return name ? { name } : null;
        },
      };
    },
    fetch: async ({ uid }) => given(uid),
    act: async (positions) => ({ done: positions, removed: [], refused: [] }),
    stillThere: async (positions) => [...positions],
    inspect: async () => ({
      folder: '',
      messages: 0,
      capabilities: [],
      useful: [],
      tells: true,
      folders: [],
    }),
    explain: Problem.from,
    close() {},
  };
  const options = { ...configSchema.parse({}).intake, maxMessageBytes, reconcileSeconds: 3600 };
  return Object.assign(scripted, { source: createSource(protocol, { server, options }) });
}
