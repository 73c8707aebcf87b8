import { createHash } from 'node:crypto';
import type { Letterbox } from '../../src/app.ts';
import { localApi } from '../../src/local-api.ts';
import { sealedIn } from '../resources/fixtures.ts';

// biome-ignore lint/suspicious/noExplicitAny: it is JSON
type Json = any;

/**
 * Everything in a data folder, as the API shows it; and what it does not show: cursors, secrets (the SHA-256 of what
 * is sealed), what the administrators were told, what is still to be done on the mail servers.
 */
export async function createListing(letterbox: Letterbox, dataFolder: string) {
  const api = localApi(letterbox);
  const { store, vault } = letterbox;

  async function get(path: string): Promise<Json> {
    const response = await api.request(`/api/${path}`);
    return response.json();
  }
  /** Of the bytes; the problem's code where they cannot be had. */
  async function sha256(path: string): Promise<string> {
    const response = await api.request(`/api/${path}`);
    if (!response.ok) return ((await response.json()) as Json).code;
    return digest(Buffer.from(await response.arrayBuffer()));
  }
  const items = async (path: string): Promise<Json[]> => (await get(`${path}?limit=500`)).items;
  const each = <T>(from: { id: string }[], value: (id: string, item: Json) => Promise<T>) =>
    entries(from.map(async (item) => [item.id, await value(item.id, item)] as const));

  const servers = await get('servers');
  const messages = await items('messages');
  const outgoing = await items('outgoing');
  return {
    profiles: await get('profiles'),
    servers,
    restrictions: await each(servers, async (id) => (await get(`servers/${id}/access`)).restriction),
    destinations: await get('destinations'),
    outgoingServers: await get('outgoing-servers'),
    notifications: await get('notifications'),
    messages,
    contents: await each(messages, (id) => get(`messages/${id}`)),
    sources: await each(messages, (id) => sha256(`messages/${id}/raw`)),
    attachments: await each(
      messages.filter((message) => message.attachments > 0),
      (id) => sha256(`messages/${id}/attachments/0`),
    ),
    outgoing,
    outgoingSources: await each(outgoing, (id) => sha256(`outgoing/${id}/raw`)),
    deliveries: await items('deliveries'),
    quarantine: await get('quarantine'),
    cursors: await each(servers, (id) => store.mailboxes.cursor(id)),
    due: await each(servers, (id) => store.mailboxes.nextAction(id)),
    concerns: await store.notices.list(),
    notification: await store.notices.notification('ntf_01jd000000000000000000000'),
    secrets: Object.fromEntries(
      await Promise.all(
        sealedIn(dataFolder).map(async ({ owner, name }) => {
          const sealed = (await store.secrets.read(owner, name)) as Uint8Array;
          return [`${owner} ${name}`, digest(vault.open(owner, name, sealed))] as const;
        }),
      ),
    ),
  };
}

function digest(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function entries<T>(pairs: Promise<readonly [string, T]>[]): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(pairs));
}
