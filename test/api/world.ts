import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePorts } from '../../lab/ports.ts';
import { builtIn, type Kinds } from '../../src/adapters.ts';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { createDownloadUrls } from '../../src/delivery/download-urls.ts';
import type { Internet } from '../../src/discovery/discover.ts';
import { createMessageParser } from '../../src/mime/parser.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';

import { serveLetterbox } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { endings } from '../endings.ts';
import { ask } from '../http/fixtures.ts';
import { receipt } from '../store/fixtures.ts';
import { type Described, readDescription } from './described.ts';

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: it is JSON
  json: any;
}

/** What the console's own pages send along. */
export const fromPage = { 'sec-fetch-site': 'same-origin' };

/** A whole Letterbox that serves HTTPS on a free port, with an administrator's session begun. */
export async function startWorld(
  t: TestContext,
  kinds: Kinds = builtIn,
  log = createLog('silent'),
  { settings = {}, internet }: { settings?: object; internet?: Internet } = {},
) {
  const after = endings(t);
  const dataFolder = mkdtempSync(join(tmpdir(), 'letterbox-api-'));
  after(() => rmSync(dataFolder, { recursive: true, force: true }));
  const [port = 0] = await freePorts(1);
  const config = configSchema.parse({
    dataFolder,
    publicUrl: `https://localhost:${port}`,
    listen: { host: '127.0.0.1', port },
    log: { level: 'silent' },
    ...settings,
  });
  const letterbox = await openLetterbox(config, log, kinds, 'server', internet);
  const server = await serveLetterbox(letterbox, config);
  after(server.stop);
  const ca = readFileSync(join(dataFolder, 'certificate/development.pem'), 'utf8');
  const { administration, store } = letterbox;
  // As a sign-in leaves it, without the seconds that hashing passwords takes by design.
  const session = 'administrator';
  await store.sessions.add({
    idHash: createHash('sha256').update(session).digest('hex'),
    createdAt: '2026-11-01T00:00:00.000Z',
    expiresAt: '9999-01-01T00:00:00.000Z',
  });
  const cookie = `__Host-letterbox=${session}`;

  let described: Promise<Described> | null = null;

  /** A request with just these headers. Whatever the API answers is held against its description. */
  async function fetch(path: string, options: Parameters<typeof ask>[3] = {}): Promise<Reply> {
    const answer = await ask(port, ca, path, options);
    described ??= ask(port, ca, '/api/openapi.json', {}).then(({ text }) =>
      readDescription(JSON.parse(text)),
    );
    (await described).check(options.method ?? 'GET', path, answer);
    const { status, headers, text } = answer;
    const isJson = /json\b/.test(headers['content-type'] ?? '') && !headers['content-type']?.includes('nd');
    return { status, headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined };
  }

  /** A request as a page of the console sends it for the administrator. */
  function call(method: string, path: string, body?: unknown): Promise<Reply> {
    const json = { 'content-type': 'application/json' };
    const headers = { ...fromPage, cookie, ...(body !== undefined && json) };
    return fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  /** Signs download addresses with the server's own key, as its webhooks do. */
  const { url: downloads } = createDownloadUrls({
    publicUrl: server.url,
    vault: letterbox.vault,
    hours: config.delivery.urlHours,
  });

  return {
    after,
    dataFolder,
    port,
    url: server.url,
    administration,
    store,
    session,
    cookie,
    fetch,
    call,
    downloads,
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

export const profileInput = {
  name: 'Contoso',
  provider: 'custom',
  authorizationUrl: 'https://login.contoso.example/authorize',
  tokenUrl: 'https://login.contoso.example/token',
  clientId: 'letterbox',
  clientSecret: 'hush~hush',
};

/** A profile, and a paused server that uses it: nobody reads its mailbox. */
export async function furnish({ call }: World) {
  const profile = (await call('POST', '/api/profiles', profileInput)).json;
  const input = {
    name: 'Support',
    address: 'support@contoso.example',
    host: '127.0.0.1',
    profileId: profile.id,
    paused: true,
  };
  const server = (await call('POST', '/api/servers', input)).json;
  return { profile, server };
}

/** Mails that came in through a server, to be delivered to these destinations; gives their ids. */
export async function receive(
  { store }: World,
  server: MailServer,
  mails: Uint8Array[],
  destinationIds: string[] = [],
): Promise<string[]> {
  const receipts = mails.map((bytes, n) => {
    const parser = createMessageParser();
    parser.write(bytes);
    const { content, size, sha256, fingerprint } = parser.end();
    return receipt(n + 1, '', { content, size, sha256, fingerprint, raw: { bytes }, destinationIds });
  });
  return (await store.messages.receive(server, receipts)).map(({ messageId }) => messageId);
}
