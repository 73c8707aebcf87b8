import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import { storeMessages } from '../../src/intake/store-batch.ts';
import type { AfterIntake } from '../../src/model/mail-server.ts';
import type { Announced, DueAction, Position } from '../../src/model/message.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import type { Store } from '../../src/store/store.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { content, mailServer, openStore, sourceFacts } from './fixtures.ts';

/*
 * A mailbox in which mails come, are moved, deleted and renumbered, and a store that reads it now and then.
 * Nobody can tell one mail from another where bytes and time of receipt are equal (and there is no Message-ID), so
 * such mails are counted together. Their count is exact, but for what looks alike from outside:
 * - one that vanished from its place without our doing, and an equal one that came elsewhere, is the look of one mail
 *   that was renumbered or moved: it may be stored once;
 * - equal ones in two folders are the look of a mail and its copy: they may be stored once;
 * - with unknown times, where mail is deleted after intake, a renumbered one is the look of a new one: it may be stored
 *   twice, as that loses nothing.
 */

/** How a protocol names mails: IMAP renumbers by a new UIDVALIDITY; the others give new ids, and mean by them the same for ever. */
const protocols = {
  imap: { folders: ['INBOX', 'Orders'], hasValidity: true, knowsTime: true },
  graph: { folders: ['INBOX', 'Orders'], hasValidity: false, knowsTime: true },
  pop3: { folders: ['INBOX'], hasValidity: false, knowsTime: false },
} as const;

type Protocol = keyof typeof protocols;

type Step =
  | { do: 'deliver'; folder: number; text: string; isNamed: boolean; later: boolean }
  | { do: 'read'; batch: number }
  | { do: 'act'; isNoted: boolean; days: number }
  | { do: 'renumber'; folder: number }
  | { do: 'move'; mail: number; folder: number }
  | { do: 'remove'; mail: number }
  /** Removed, and another one gets its UID. */
  | { do: 'replace'; mail: number; text: string; isNamed: boolean };

interface Mail {
  id: number;
  text: string;
  messageId: string | null;
  receivedAt: string;
  folder: string;
  uid: string;
}

/** Mails that nobody can tell apart. */
interface Alike {
  read: Set<number>;
  /** So often one of them was read under a number that was new. */
  numbers: number;
  /** One of them vanished without our knowing, or lies in another folder than others. */
  isVague: boolean;
}

const dayMs = 24 * 60 * 60_000;

class World {
  readonly server: MailServer;
  readonly #store: Store;
  readonly #protocol: (typeof protocols)[Protocol];
  readonly #parts: Parameters<typeof storeMessages>[1];
  readonly #alike = new Map<string, Alike>();
  #mails: Mail[] = [];
  #mailsMade = 0;
  #uidsGiven = 0;
  #validity = new Map<string, number>();
  #seconds = 0;
  #now = Date.now();

  constructor(store: Store, server: MailServer, protocol: Protocol) {
    this.#store = store;
    this.server = server;
    this.#protocol = protocols[protocol];
    this.#parts = {
      server,
      store,
      source: { stillThere: async (asked) => asked.filter((position) => this.#at(position)) },
      resources: collectionsOf(store),
      events: createEventBus(),
      log: pino({ enabled: false }),
      lookDelay: () => 0,
    };
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'deliver':
        if (step.later) this.#seconds++;
        this.#deliver(this.#folder(step.folder), `${++this.#uidsGiven}`, step);
        return;
      case 'read':
        return this.#read(step.batch);
      case 'act':
        this.#now += step.days * dayMs;
        return this.#act(step.isNoted);
      case 'renumber':
        return this.#renumber(this.#folder(step.folder));
      case 'move':
        return this.#move(this.#mails[step.mail % this.#mails.length], this.#folder(step.folder));
      case 'remove':
        return this.#vanish(this.#mails[step.mail % this.#mails.length]);
      case 'replace': {
        const mail = this.#mails[step.mail % this.#mails.length];
        if (!mail) return;
        this.#vanish(mail);
        this.#seconds++;
        // Where ids never mean another mail, a new one comes under a new id
        const uid = this.#protocol.hasValidity ? mail.uid : `${++this.#uidsGiven}`;
        this.#deliver(mail.folder, uid, step);
      }
    }
  }

  /** Every mail that was read is stored once and owed to its destination once, and nothing is owed to one that is not there. */
  async check(): Promise<void> {
    const { items } = await this.#store.messages.list({ serverId: this.server.id, limit: 500 });
    const { stored, pending } = await this.#store.mailboxes.figures(this.server.id);
    assert.equal(stored, items.length);
    assert.equal(pending, stored, 'a delivery for each');
    for (const due of await this.#store.mailboxes.dueActions(this.server.id, '9999', 500)) {
      const mail = this.#at(due);
      if (mail)
        assert.equal(due.announced.receivedAt, this.#announced(mail).receivedAt, 'owed to another one');
    }
    const counts = Map.groupBy(items, ({ subject }) => subject);
    for (const [key, { read, isVague, numbers }] of this.#alike) {
      const count = counts.get(key)?.length ?? 0;
      const isEqualToNew = !this.#protocol.knowsTime && this.server.afterIntake.action === 'delete';
      const most = isEqualToNew && key.startsWith('nameless') ? numbers : read.size;
      const least = isVague && !isEqualToNew ? Math.min(1, read.size) : read.size;
      assert.ok(count >= least && count <= most, `${key}: ${count} stored, ${least} to ${most} are right`);
    }
  }

  #folder(n: number): string {
    return this.#protocol.folders[n % this.#protocol.folders.length] as string;
  }

  #deliver(folder: string, uid: string, { text, isNamed }: { text: string; isNamed: boolean }): void {
    const id = ++this.#mailsMade;
    const messageId = isNamed ? `${id}@x` : null;
    const receivedAt = new Date(Date.UTC(2026, 10, 24) + this.#seconds * 1000).toISOString();
    const mail = { id, text, messageId, receivedAt, folder, uid };
    this.#mails.push(mail);
    if (this.#mails.some((other) => other.folder !== folder && this.#key(other) === this.#key(mail)))
      this.#alikeTo(mail).isVague = true;
  }

  #key({ text, messageId, receivedAt }: Mail): string {
    if (messageId) return `named ${messageId}`;
    return `nameless ${text} ${this.#protocol.knowsTime ? receivedAt : ''}`;
  }

  #alikeTo(mail: Mail): Alike {
    const key = this.#key(mail);
    const alike = this.#alike.get(key) ?? { read: new Set(), numbers: 0, isVague: false };
    this.#alike.set(key, alike);
    return alike;
  }

  #position({ folder, uid }: Mail): Position {
    const validity = this.#protocol.hasValidity ? `${this.#validity.get(folder) ?? 1}` : '';
    return { folder, validity, uid };
  }

  #at({ folder, validity, uid }: Position): Mail | undefined {
    return this.#mails.find((mail) => {
      const position = this.#position(mail);
      return position.folder === folder && position.validity === validity && position.uid === uid;
    });
  }

  #announced(mail: Mail): Announced {
    const receivedAt = this.#protocol.knowsTime ? mail.receivedAt : null;
    return { receivedAt, size: 100, messageId: this.#protocol.hasValidity ? mail.messageId : null };
  }

  /** What is not known, or is another one than before, as an audit finds it. */
  async #read(batch: number): Promise<void> {
    const unread: Mail[] = [];
    for (const folder of this.#protocol.folders) {
      const listed = this.#mails.filter((mail) => mail.folder === folder);
      const [first] = listed;
      if (!first) continue;
      const uids = listed.map(({ uid }) => uid);
      const known = await this.#store.messages.known(this.server.id, this.#position(first), uids);
      unread.push(
        ...listed.filter((mail) => {
          const here = known.get(mail.uid);
          const now = this.#announced(mail);
          return !here || now.receivedAt !== here.receivedAt || now.messageId !== here.messageId;
        }),
      );
    }
    for (let n = 0; n < unread.length; n += batch) {
      const some = unread.slice(n, n + batch);
      for (const mail of some) {
        const alike = this.#alikeTo(mail);
        alike.read.add(mail.id);
        alike.numbers++;
      }
      await storeMessages(
        some.map((mail) => ({ message: this.#receipt(mail), remaining: 0 })),
        this.#parts,
      );
    }
  }

  #receipt(mail: Mail) {
    const bytes = Buffer.from(`${mail.messageId} ${mail.text}`);
    const fingerprint = createHash('sha256').update(bytes).digest('hex');
    return {
      position: this.#position(mail),
      cursor: 'on',
      receivedAt: mail.receivedAt,
      announced: this.#announced(mail),
      ...sourceFacts(bytes),
      fingerprint,
      // The subject is not looked at when mail is recognised: it tells us which one was stored
      content: content({ messageId: mail.messageId, subject: this.#key(mail) }),
      raw: { bytes },
      quarantine: null,
    };
  }

  /** As sources act: what is not there, or is another one by what is said of it, is passed over. */
  async #act(isNoted: boolean): Promise<void> {
    const { id, afterIntake } = this.server;
    const due = await this.#store.mailboxes.dueActions(id, new Date(this.#now).toISOString(), 500);
    const removed: DueAction[] = [];
    for (const action of due) {
      const mail = this.#at(action);
      if (!mail || this.#announced(mail).receivedAt !== action.announced.receivedAt) continue;
      assert.ok(this.#alikeTo(mail).read.size > 0, 'nothing is done to a mail that was never read');
      if (afterIntake.action === 'delete') removed.push(action);
      if (afterIntake.action === 'move') this.#move(mail, afterIntake.folder);
      if (afterIntake.action === 'delete') this.#vanish(mail, isNoted);
    }
    if (!isNoted) return;
    await this.#store.mailboxes.actionsDone(id, { done: due, removed });
  }

  #renumber(folder: string): void {
    this.#validity.set(folder, (this.#validity.get(folder) ?? 1) + 1);
    this.#mails = this.#mails.map((mail) =>
      mail.folder === folder ? { ...mail, uid: `${++this.#uidsGiven}` } : mail,
    );
  }

  #move(mail: Mail | undefined, folder: string): void {
    if (!mail || mail.folder === folder) return;
    this.#vanish(mail);
    // Only what is in a folder that is read comes back
    if (!(this.#protocol.folders as readonly string[]).includes(folder)) return;
    this.#mails.push({ ...mail, folder, uid: `${++this.#uidsGiven}` });
  }

  #vanish(mail: Mail | undefined, isKnown = false): void {
    if (!mail) return;
    if (!isKnown) this.#alikeTo(mail).isVague = true;
    this.#mails = this.#mails.filter((other) => other !== mail);
  }
}

/** A store with a destination that all mail goes to. */
async function openDelivering(t: TestContext): Promise<Store> {
  const store = await openStore(t);
  const now = new Date().toISOString();
  await put(store, 'destination', {
    ...{ id: 'dst_hook', name: 'Hook', kind: 'webhook', url: 'https://hook.example/' },
    ...{ servers: null, enabled: true, createdAt: now, updatedAt: now },
  });
  return store;
}

const text = fc.constantFrom('alarm', 'alarm', 'report');
const isNamed = fc.constantFrom(false, false, true);
const mail = fc.nat({ max: 9 });
const folder = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      folder,
      text,
      isNamed,
      later: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), batch: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      isNoted: fc.constantFrom(true, true, false),
      days: fc.constantFrom(0, 0, 8),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renumber' as const), folder }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), mail, folder }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), mail }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), mail, text, isNamed }) },
);

const actions: Record<string, AfterIntake> = {
  leave: { action: 'leave' },
  'mark read': { action: 'mark-read' },
  'move away': { action: 'move', folder: 'Taken' },
  'move to a folder that is read': { action: 'move', folder: 'Orders' },
  delete: { action: 'delete' },
  'delete after days': { action: 'delete', afterDays: 7 },
};

describe('recognition of renumbered mail never drops or doubles one', () => {
  let servers = 0;

  for (const protocol of Object.keys(protocols) as Protocol[])
    for (const [name, afterIntake] of Object.entries(actions)) {
      // POP3 has neither
      if (protocol === 'pop3' && (afterIntake.action === 'move' || afterIntake.action === 'mark-read'))
        continue;
      test(`${protocol}, ${name}`, async (t) => {
        const store = await openDelivering(t);
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
            const id = `srv_${++servers}`;
            const server = mailServer({ id, name: id, afterIntake });
            await put(store, 'server', server);
            const world = new World(store, server, protocol);
            for (const one of [...steps, { do: 'read', batch: 4 } as const]) {
              await world.take(one);
              if (one.do === 'read') await world.check();
            }
          }),
          { numRuns: 60 },
        );
      });
    }
});

test('any number of equal alarms of an unknown time are renumbered, and more come', async (t) => {
  const store = await openDelivering(t);
  const server = mailServer();
  await put(store, 'server', server);
  const world = new World(store, server, 'pop3');
  const deliver = { do: 'deliver', folder: 0, text: 'alarm', isNamed: false, later: true } as const;
  const read = { do: 'read', batch: 100 } as const;
  for (let n = 0; n < 250; n++) await world.take(deliver);
  await world.take(read);
  await world.check();
  await world.take({ do: 'renumber', folder: 0 });
  for (let n = 0; n < 3; n++) await world.take(deliver);
  await world.take(read);
  await world.check();
  assert.equal(await store.messages.count(), 253);
});
