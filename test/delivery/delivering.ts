import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { type LabReceiver, startReceiver } from '../../lab/receiver.ts';
import type { Clock } from '../../src/concurrency/clock.ts';
import { type Config, configSchema } from '../../src/config/config.ts';
import type { Destination } from '../../src/delivery/destination.ts';
import { Dispatcher } from '../../src/delivery/dispatcher.ts';
import type { Target as DeliveryTarget } from '../../src/delivery/handler.ts';
import { messageHandler } from '../../src/delivery/message-handler.ts';
import type { WebhookConfig } from '../../src/destinations/webhook/fields.ts';
import { createWebhook } from '../../src/destinations/webhook/index.ts';
import { newSigningSecret, type SigningSecret } from '../../src/destinations/webhook/signature.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import type { Delivery } from '../../src/model/delivery.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Receipt, Store } from '../../src/store/store.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { endings } from '../endings.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { mailServer } from '../store/fixtures.ts';

export type Options = Config['delivery'];

/** Delivery as configured by default, but for receivers on loopback and in a hurry. */
export function options(changes: Partial<Options> = {}): Options {
  return {
    ...configSchema.parse({}).delivery,
    allowPrivateAddresses: ['127.0.0.0/8'],
    firstRetrySeconds: 0.02,
    circuitFailures: 1000,
    ...changes,
  };
}

/** A receiver, the destination that leads to it, and the secrets it is signed with, newest first. */
export interface Target {
  receiver: LabReceiver;
  destination: WebhookConfig;
  secrets: SigningSecret[];
}

type WebhookTarget = DeliveryTarget & { destination: WebhookConfig };

/** A store with mail to be delivered, real receivers, and the dispatcher between them. */
export async function startDelivering(
  t: TestContext,
  changes: Partial<Options> = {},
  {
    seen = (store) => store,
    open,
    clock,
  }: {
    clock?: Clock;
    /** What the dispatcher sees of the store, where the store is to be in trouble. */
    seen?: (store: Store) => Store;
    /** Opens a destination in place of the targets' own way. */
    open?: (destination: WebhookConfig, store: Store) => Promise<Destination>;
  } = {},
) {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-delivery-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const store = await openSqliteStore(folder);
  after(store.close);
  const server = mailServer();
  await put(store, 'server', server);
  const events = createEventBus();
  const log = pino({ level: 'silent' });
  const targets = new Map<string, Target>();
  let uid = 0;

  const openTarget = async (destination: WebhookConfig) =>
    createWebhook({
      destination,
      secrets: targets.get(destination.id)?.secrets ?? [],
      options: options(changes),
    });

  function createDispatching(): Dispatcher {
    const dispatcher = new Dispatcher<WebhookTarget>({
      store: seen(store),
      async targets() {
        const destinations = (await collectionsOf(seen(store)).destinations.list()) as WebhookConfig[];
        return destinations.map((destination) => ({ ...destination, kind: 'destination', destination }));
      },
      open: async ({ destination }) =>
        messageHandler({
          destination: await (open ? open(destination, store) : openTarget(destination)),
          store: seen(store),
          url: (id, index) => `https://letterbox.example/download/${id}/${index ?? 'raw'}`,
        }),
      options: options(changes),
      ...(clock && { clock }),
      events,
      log,
    });
    after(() => dispatcher.stop());
    return dispatcher;
  }

  async function addTarget(name: string): Promise<Target> {
    const secrets = [{ secret: newSigningSecret(), until: null }];
    const receiver = await startReceiver({ secrets: secrets.map(({ secret }) => secret) });
    after(receiver.stop);
    const now = new Date().toISOString();
    const destination: WebhookConfig = {
      id: `dst_${name}`,
      name,
      kind: 'webhook',
      url: receiver.url,
      servers: null,
      enabled: true,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await put(store, 'destination', destination);
    const target = { receiver, destination, secrets };
    targets.set(destination.id, target);
    return target;
  }

  /** Stores mails and makes their deliveries, each to every target; returns their message ids. */
  async function receive(...mails: Uint8Array[]): Promise<string[]> {
    const { records, unreadable } = await collectionsOf(store).destinations.all();
    const destinationIds = [...records, ...unreadable].map(({ id }) => id);
    const receipts = mails.map((bytes): Receipt => {
      uid++;
      return {
        ...parseMessage(bytes),
        position: { folder: 'INBOX', validity: '1', uid: `${uid}` },
        cursor: `up to ${uid}`,
        receivedAt: new Date().toISOString(),
        announced: { receivedAt: null, size: null, messageId: null },
        raw: { bytes },
        destinationIds,
        quarantine: null,
      };
    });
    return (await store.messages.receive(server, receipts)).map(({ messageId }) => messageId);
  }

  /** All deliveries, oldest first. */
  async function deliveries(): Promise<Delivery[]> {
    return (await store.deliveries.list({ limit: 1000 })).items.toReversed();
  }

  const dispatcher = createDispatching();
  return { after, store, events, dispatcher, createDispatching, addTarget, receive, deliveries };
}

/** A mail by its subject; one that answers others is of their thread. */
export function mail(subject: string, answers: string[] = [], text = 'Good day.'): Buffer {
  const references =
    answers.length > 0 ? `References: ${answers.map((id) => `<${id}@x>`).join(' ')}\r\n` : '';
  return Buffer.from(
    `Message-ID: <${subject}@x>\r\n${references}From: ann@example.com\r\nSubject: ${subject}\r\n\r\n${text}\r\n`,
  );
}

/** The subjects that came, in their order. */
export const subjects = ({ requests }: LabReceiver): string[] =>
  requests.map(({ body }) => JSON.parse(body).data.subject);
