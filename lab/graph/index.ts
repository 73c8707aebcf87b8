import { createWriteStream, mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LabCertificates } from '../certificates.ts';
import { createExchangeOrganisation, type ExchangeOrganisation } from '../exchange/organisation.ts';
import { type Network, startHttps } from '../https.ts';
import { Answers, type GraphRequest } from './answer.ts';
import { createDeltaTokens } from './delta.ts';
import { type Faults, noFaults } from './faults.ts';
import { type Folder, Mailbox, type Message } from './mailbox.ts';
import { createNotifier } from './notifier.ts';
import type { SentMail, World } from './request.ts';
import { createSubscriptions, type LifecycleEvent, type SentNotification } from './subscriptions.ts';

export interface LabGraph {
  host: 'localhost';
  port: number;
  origin: string;
  network: Network;
  /** Who may open what, beside what tokens say. */
  organisation: ExchangeOrganisation;
  faults: Faults;
  /** Makes a mailbox (also a shared one, which nobody signs in to) where there is none; others are unknown. */
  mailbox(address: string): Mailbox;
  /** Brings a mail, by default to the Inbox; folders by well-known name or path of display names. */
  deliver(
    address: string,
    mime: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { folder?: string; receivedAt?: Date },
  ): Promise<Message>;
  fill(address: string, mails: Iterable<Uint8Array>): Promise<void>;
  /** Lets a person open another's mailbox, with the `.Shared` permissions. */
  share(address: string, withPerson: string): void;
  /** Restricts an application to some mailboxes; without it, its permissions are for all. */
  restrict(appId: string, addresses: string[]): void;
  expireDeltaTokens(): void;
  /** The subscriptions in force. */
  subscriptions(): { id: string; resource: string; expiresAt: Date }[];
  /** The subscriptions are gone and nobody is told. */
  dropSubscriptions(): void;
  lifecycle(event: LifecycleEvent): Promise<void>;
  notifications: SentNotification[];
  sent: SentMail[];
  /** What was asked, without tokens. */
  requests: GraphRequest[];
  /** The most requests that were under way at once. */
  mostAtOnce(): number;
  stop(): Promise<void>;
}

/**
 * Stands in for the mail part of Microsoft Graph v1.0, built from its documented wire format, over HTTPS. Tokens are
 * the lab authority's JWTs, verified; delegated, shared and app-only access are told apart by them.
 *
 * Covered: mail folders (list, child folders, well-known names, search folders), messages (list, get, MIME by
 * `$value`, mark as read, move, delete), delta queries, immutable ids, `sendMail`, subscriptions with validation,
 * renewal, change and lifecycle notifications, errors, throttling, faults on request.
 * Not covered: bodies and attachments as JSON, drafts, upload sessions, `$search`, `$expand`, `$batch`, notifications
 * with resource data, notifications sent again, the real service's limits and delays. Whether the real service holds a
 * message asked for within a folder to that folder is not documented; here it does.
 */
export async function startGraph({
  certificates,
  authority,
  folder,
  organisation = createExchangeOrganisation(),
}: {
  certificates: LabCertificates;
  authority: { keysFolder: string; issuer: string };
  folder: string;
  organisation?: ExchangeOrganisation;
}): Promise<LabGraph> {
  mkdirSync(folder, { recursive: true });
  const { server, port, origin, network, stop } = await startHttps(certificates);
  const faults = noFaults();
  const notifier = createNotifier(certificates.caPem);
  const tenantId = new URL(authority.issuer).pathname.split('/')[1] ?? '';
  const subscriptions = createSubscriptions(notifier, faults, tenantId);
  const world: World = {
    origin,
    mailboxes: new Map(),
    organisation,
    faults,
    deltaTokens: createDeltaTokens(),
    subscriptions,
    sent: [],
  };
  const answers = new Answers(world, authority, notifier);
  server.on('request', (request, response) => answers.answer(request, response));
  return {
    host: 'localhost',
    port,
    origin,
    network,
    organisation,
    faults,
    ...deliveriesInto(world, folder),
    ...permissionsOf(world),
    expireDeltaTokens: () => world.deltaTokens.expire(),
    subscriptions: subscriptions.all,
    dropSubscriptions() {
      for (const { id } of subscriptions.all()) subscriptions.remove(id);
    },
    lifecycle: subscriptions.lifecycle,
    notifications: subscriptions.sent,
    sent: world.sent,
    requests: answers.requests,
    mostAtOnce: () => answers.mostAtOnce(),
    stop,
  };
}

/** How mail comes into mailboxes; large mail lies in files of the folder. */
function deliveriesInto(world: World, folder: string): Pick<LabGraph, 'mailbox' | 'deliver' | 'fill'> {
  let files = 0;

  function mailbox(address: string): Mailbox {
    const key = address.toLowerCase();
    const known = world.mailboxes.get(key);
    // There, as soon as somebody asks for it
    world.organisation.mailbox(key);
    if (known) return known;
    const made: Mailbox = new Mailbox(key, (change, message) =>
      world.subscriptions.changed(made, change, message),
    );
    world.mailboxes.set(key, made);
    return made;
  }

  async function spool(mime: AsyncIterable<Uint8Array>): Promise<Pick<Message, 'source' | 'size'>> {
    const file = join(folder, `message-${files++}.eml`);
    await pipeline(mime, createWriteStream(file));
    return { source: { file }, size: (await stat(file)).size };
  }

  async function deliver(...[to, mime, options = {}]: Parameters<LabGraph['deliver']>): Promise<Message> {
    const { folder: into = 'inbox', receivedAt } = options;
    const content =
      mime instanceof Uint8Array ? { source: Buffer.from(mime), size: mime.length } : await spool(mime);
    const target: Folder = mailbox(to).folder(into) ?? mailbox(to).makeFolder(into);
    return mailbox(to).add(target, { ...content, ...(receivedAt && { receivedAt }) });
  }

  return {
    mailbox,
    deliver,
    async fill(to, mails) {
      for (const mail of mails) await deliver(to, mail);
    },
  };
}

/** Who may open mailboxes besides their owners, and which applications may not open all. */
function permissionsOf({ organisation }: World): Pick<LabGraph, 'share' | 'restrict'> {
  return {
    share: (shared, withPerson) => void organisation.mailbox(shared).fullAccess.add(withPerson.toLowerCase()),
    restrict: (appId, addresses) =>
      void organisation.roleScopes.set(appId, new Set(addresses.map((one) => one.toLowerCase()))),
  };
}
