import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MessageContent } from '../../src/model/message.ts';
import { incomingServerFields } from '../../src/resources/incoming-server/fields.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Receipt, Store } from '../../src/store/store.ts';
import { fallbacksOf } from '../resources/fallbacks.ts';

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openStore(t: TestContext, folder = temporaryFolder(t)): Promise<Store> {
  const store = await openSqliteStore(folder);
  t.after(() => store.close());
  return store;
}

export function mailServer(changes: Partial<MailServer> = {}): MailServer {
  return {
    ...fallbacksOf(incomingServerFields),
    id: 'srv_support',
    name: 'Support',
    address: 'support@contoso.example',
    protocol: 'imap',
    host: 'localhost',
    port: 993,
    profileId: 'prf_1',
    version: 1,
    createdAt: '2026-11-01T00:00:00.000Z',
    updatedAt: '2026-11-01T00:00:00.000Z',
    ...changes,
  };
}

export function content(changes: Partial<MessageContent> = {}): MessageContent {
  return {
    headers: [],
    messageId: null,
    inReplyTo: [],
    references: [],
    date: null,
    subject: 'Printer on fire',
    from: [{ name: 'Ann', address: 'ann@contoso.example' }],
    sender: [],
    replyTo: [],
    to: [],
    cc: [],
    bcc: [],
    text: 'Please help',
    html: null,
    attachments: [],
    defects: [],
    ...changes,
  };
}

/** A receipt at INBOX, UIDVALIDITY 1, of bytes that follow from `text`. */
export function receipt(uid: number, text: string, changes: Partial<Receipt> = {}): Receipt {
  const bytes = Buffer.from(`Message-ID: <${text}@x>\r\n\r\n${text}\r\n`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    position: { folder: 'INBOX', validity: '1', uid: String(uid) },
    cursor: `up to ${uid}`,
    receivedAt: '2026-11-24T10:00:00.000Z',
    announced: { receivedAt: '2026-11-24T10:00:00.000Z', size: bytes.length, messageId: null },
    size: bytes.length,
    sha256,
    fingerprint: sha256,
    content: content({ messageId: `${text}@x` }),
    raw: { bytes },
    destinationIds: ['dst_hook'],
    quarantine: null,
    ...changes,
  };
}

/** What a receipt says of a source of these bytes. */
export function sourceFacts(bytes: Uint8Array): Pick<Receipt, 'size' | 'sha256'> {
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
