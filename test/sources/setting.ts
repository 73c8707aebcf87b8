import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { createLabAuthority } from '../../lab/certificates.ts';
import { type Config, configSchema } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import type { TokenSource } from '../../src/model/token.ts';
import { incomingServerFields } from '../../src/resources/incoming-server/fields.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { createImapSource } from '../../src/sources/imap/index.ts';
import type { Known, MailSource, SourceEvent } from '../../src/sources/source.ts';
import { fallbacksOf } from '../resources/fallbacks.ts';

export type MessageEvent = Extract<SourceEvent, { kind: 'message' }>;
export type UnreadableEvent = Extract<SourceEvent, { kind: 'unreadable' }>;

/** What a store that holds some messages, and remembers nothing else of them, says of others. */
export function knownAmong(isStored: (uid: string) => boolean): Known {
  return async (_place, uids) =>
    new Map(uids.filter(isStored).map((uid) => [uid, { receivedAt: null, size: null, messageId: null }]));
}

/** A folder that goes with the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'letterbox-imap-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A certificate authority of the test's own and a certificate for localhost. */
export async function localCertificates(t: TestContext) {
  const authority = await createLabAuthority(await temporaryFolder(t));
  return { caPem: authority.caPem, ...(await authority.issue(['localhost', '127.0.0.1'])) };
}

export function mailServer(fields: Partial<MailServer> & Pick<MailServer, 'port'>): MailServer {
  const now = new Date().toISOString();
  return {
    ...fallbacksOf(incomingServerFields),
    id: 'srv_test',
    name: 'Support',
    address: 'support@example.com',
    protocol: 'imap',
    host: 'localhost',
    profileId: 'prf_test',
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...fields,
  };
}

/** Hands out the given tokens; the next one when one was discarded. */
export function tokensFrom(tokens: string[]): TokenSource & { discarded: string[] } {
  const discarded: string[] = [];
  return {
    discarded,
    async accessToken() {
      const token = tokens.find((candidate) => !discarded.includes(candidate)) ?? 'none-left';
      return { token, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
    },
    discard: (token) => void discarded.push(token),
  };
}

/** A source for the server, closed after the test. */
export function openSource(
  t: TestContext,
  server: MailServer,
  tokens: TokenSource = tokensFrom(['token']),
  options: Partial<Config['intake']> = {},
  known?: Known,
): MailSource {
  const intake = { ...configSchema.parse({}).intake, ...options };
  const log = pino({ level: 'silent' });
  const source = createImapSource({ server, tokens, options: intake, log, ...(known && { known }) });
  t.after(() => source.close());
  return source;
}

/** What a test keeps of an event: its message by checksum. */
export type Seen =
  | { kind: 'message'; uid: string; folder: string; sha256: string; length: number; cursor: string }
  | { kind: 'unreadable'; uid: string; code: string; cursor: string };

export async function readBytes(raw: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of raw) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function see(event: MessageEvent | UnreadableEvent): Promise<Seen> {
  const { kind, position, cursor } = event;
  const { uid, folder } = position;
  if (kind === 'unreadable') return { kind, uid, code: event.problem.code, cursor };
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of event.raw) {
    hash.update(chunk);
    length += chunk.length;
  }
  return { kind, uid, folder, sha256: hash.digest('hex'), length, cursor };
}

/** The checksums of what was seen; all of it must be messages. */
export function checksums(seen: Seen[]): string[] {
  return seen.map((event) => {
    assert.ok(event.kind === 'message', JSON.stringify(event));
    return event.sha256;
  });
}

/** Everything that is there now, and the cursor at its end. */
export async function readNow(
  source: MailSource,
  cursor: string | null = null,
): Promise<{ seen: Seen[]; cursor: string }> {
  const seen: Seen[] = [];
  const { signal } = new AbortController();
  for await (const event of source.messages(cursor, { watch: false, signal })) {
    if (event.kind === 'caught-up') return { seen, cursor: event.cursor };
    seen.push(await see(event));
  }
  throw new Error('it ended without having caught up');
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All events, their bytes unread. */
export async function collect(events: AsyncIterable<SourceEvent>): Promise<SourceEvent[]> {
  const all: SourceEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The Problem that the promise ends with. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw new Error(`expected a Problem, got ${error instanceof Error ? error.stack : String(error)}`);
}
