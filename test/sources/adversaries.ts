import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { createLabAuthority } from '../../lab/certificates.ts';
import { envelopeParts, failure, responseParts, success } from '../../lab/ews/answers.ts';
import { startHttps } from '../../lab/https.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { mailServer, temporaryFolder } from './setting.ts';

/** Servers that lead on for ever where a test says so, and are in good order else; every request is counted. */

export interface Adversary {
  server: MailServer;
  requests(): number;
  origin: string;
}

async function startAdversary(
  t: TestContext,
  fields: Partial<MailServer>,
  answer: (request: IncomingMessage, response: ServerResponse, origin: string) => Promise<void>,
): Promise<Adversary> {
  const certificates = await createLabAuthority(await temporaryFolder(t));
  const { server, port, origin, stop } = await startHttps(certificates);
  t.after(stop);
  let requests = 0;
  server.on('request', (request, response) => {
    requests++;
    answer(request, response, origin).catch(() => response.destroy());
  });
  return {
    server: mailServer({ port, certificateAuthority: certificates.caPem, ...fields }),
    requests: () => requests,
    origin,
  };
}

const receivedAt = '2026-11-01T12:00:00Z';

export type Json = Record<string, unknown>;

/** A message or folder in Graph's lists. */
export const item = (id: string): Json => ({
  id,
  displayName: id,
  receivedDateTime: receivedAt,
  internetMessageId: `<${id}@x>`,
});

/** `n` counts the requests of this kind from 1; `link` makes one that leads on. */
export type GraphAnswer = (n: number, link: (name: unknown) => string) => Json;

export interface GraphAnswers {
  delta?: GraphAnswer;
  /** Messages of a folder. */
  messages?: GraphAnswer;
  /** Folders, or what lies in one. */
  folders?: GraphAnswer;
  subscription?: GraphAnswer;
}

export function startGraphAdversary(t: TestContext, answers: GraphAnswers, fields: Partial<MailServer> = {}) {
  const counts = new Map<string, number>();
  return startAdversary(t, { protocol: 'graph', ...fields }, async ({ url = '' }, response, origin) => {
    const { pathname } = new URL(url, origin);
    const [, id] = /\/messages\/([^/]+)\/\$value$/.exec(pathname) ?? [];
    if (id) return void response.end(`Message-ID: <${id}@x>\r\nSubject: ${id}\r\n\r\n${id}\r\n`);
    const usual = {
      delta: { value: [], '@odata.deltaLink': `${origin}${pathname}?delta` },
      messages: { value: [] },
      folders: { value: [item('inbox')] },
      subscription: { id: 's', expirationDateTime: new Date(Date.now() + 3_600_000).toISOString() },
      other: item('inbox'),
    };
    const kind = kindOf(pathname);
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    const make = kind === 'other' ? undefined : answers[kind];
    const json = make?.(n, (name) => `${origin}${pathname}?next=${name}`) ?? usual[kind];
    response.setHeader('content-type', 'application/json').end(JSON.stringify(json));
  });
}

function kindOf(pathname: string): keyof GraphAnswers | 'other' {
  if (pathname.endsWith('/messages/delta')) return 'delta';
  if (pathname.endsWith('/messages')) return 'messages';
  if (/\/(mailFolders|childFolders)$/.test(pathname)) return 'folders';
  return pathname.includes('/subscriptions') ? 'subscription' : 'other';
}

export interface EwsAnswers {
  /** `n` counts from 1. */
  sync?: (n: number) => { ids: string[]; state: string; isLast?: boolean; change?: string };
  /** Rows of folders. */
  folders?: (n: number) => string[];
  /** What GetStreamingEvents answers, envelopes and all. */
  events?: (n: number) => string;
}

const changeOf = (id: string, change: string) =>
  `<t:Create><t:Message><t:ItemId Id="${id}" ChangeKey="${change}"/><t:DateTimeReceived>${receivedAt}</t:DateTimeReceived>` +
  `<t:Size>60</t:Size></t:Message></t:Create>`;

const folderOf = (id: string) =>
  `<t:Folder><t:FolderId Id="${id}"/><t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>${id}</t:DisplayName></t:Folder>`;

export function startEwsAdversary(t: TestContext, answers: EwsAnswers, fields: Partial<MailServer> = {}) {
  const counts = new Map<string, number>();
  const messagesOf = (operation: string, n: number, asked: string): string[] => {
    switch (operation) {
      case 'SyncFolderItems': {
        const {
          ids,
          state,
          isLast = false,
          change = 'a',
        } = answers.sync?.(n) ?? { ids: [], state: 'end', isLast: true };
        return [
          `<m:SyncState>${state}</m:SyncState><m:IncludesLastItemInRange>${isLast}</m:IncludesLastItemInRange>` +
            `<m:Changes>${ids.map((id) => changeOf(id, change)).join('')}</m:Changes>`,
        ];
      }
      case 'GetItem':
        return [...asked.matchAll(/ItemId Id="([^"]+)"/g)].map(([, id]) => {
          const mime = Buffer.from(`Message-ID: <${id}@x>\r\nSubject: ${id}\r\n\r\n${id}\r\n`);
          return `<m:Items><t:Message><t:MimeContent>${mime.toString('base64')}</t:MimeContent><t:ItemId Id="${id}"/></t:Message></m:Items>`;
        });
      case 'GetFolder':
        return [`<m:Folders>${folderOf('INBOX')}</m:Folders>`];
      case 'FindFolder':
        return [
          `<m:RootFolder IncludesLastItemInRange="${!answers.folders}"><t:Folders>` +
            `${(answers.folders?.(n) ?? ['INBOX']).map(folderOf).join('')}</t:Folders></m:RootFolder>`,
        ];
      case 'Subscribe':
        return ['<m:SubscriptionId>s</m:SubscriptionId>'];
      default:
        return [''];
    }
  };
  return startAdversary(t, { protocol: 'ews', ...fields }, async (request, response) => {
    const asked = (await request.toArray()).join('');
    const [, operation = ''] = /<soap:Body><m:(\w+)/.exec(asked) ?? [];
    const n = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, n);
    response.setHeader('content-type', 'text/xml');
    if (operation === 'GetStreamingEvents' && answers.events) return void response.end(answers.events(n));
    // Nobody tells of anything
    if (operation === 'GetStreamingEvents') return;
    if (operation === 'Subscribe' && !answers.events)
      return void response.end(
        envelope(operation, failure(operation, 'ErrorSubscriptionDelegateAccessNotSupported')),
      );
    const messages = messagesOf(operation, n, asked).map((content) => success(operation, content));
    response.end(envelope(operation, messages.join('')));
  });
}

export function envelope(operation: string, messages: string): string {
  const [before, after] = responseParts(operation);
  return envelopeParts[0] + before + messages + after + envelopeParts[1];
}
