import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Reach } from './access.ts';
import { Denied } from './access.ts';
import { failure, streamedEnvelope, success } from './answers.ts';
import type { Faults } from './faults.ts';
import { attempt, type Message } from './item-operations.ts';
import type { MailboxEvent } from './mailbox.ts';
import { at, type RequestElement } from './request.ts';

interface Subscription {
  id: string;
  /** Events that nobody has heard of yet. */
  waiting: MailboxEvent[];
  wake: () => void;
  end: () => void;
}

/** Streaming subscriptions and the answers that stay open for them. */
export class Subscriptions {
  readonly #faults: Faults;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #streams = new Set<ServerResponse>();

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  subscribe(request: RequestElement, reach: Reach): Message[] {
    return [attempt('Subscribe', () => this.#add(at(request, 'StreamingSubscriptionRequest'), reach))];
  }

  #add(wanted: RequestElement | undefined, reach: Reach): string {
    if (!this.#faults.notifications) throw new Denied('ErrorSubscriptionDelegateAccessNotSupported');
    const types = (at(wanted, 'EventTypes')?.children ?? []).map(({ text }) => text);
    const found = (at(wanted, 'FolderIds')?.children ?? []).map((one) => reach.folder(one));
    const mailbox = found[0]?.mailbox;
    if (!mailbox) throw new Denied('ErrorInvalidSubscriptionRequest');
    const folders = new Set(found.map(({ folder }) => folder.id));
    const id = randomUUID();
    const end = mailbox.listen((event) => {
      const isOurs = folders.has(event.folderId) || (event.old && folders.has(event.old.folderId));
      if (!isOurs || !types.includes(event.type)) return;
      subscription.waiting.push(event);
      subscription.wake();
    });
    const subscription: Subscription = { id, waiting: [], wake: () => {}, end };
    this.#subscriptions.set(id, subscription);
    return success('Subscribe', `<m:SubscriptionId>${id}</m:SubscriptionId>`);
  }

  unsubscribe(request: RequestElement): Message[] {
    const id = at(request, 'SubscriptionId')?.text ?? '';
    this.#subscriptions.get(id)?.end();
    const known = this.#subscriptions.delete(id);
    return [known ? success('Unsubscribe') : failure('Unsubscribe', 'ErrorSubscriptionNotFound')];
  }

  /** Keeps the answer open: an envelope at once, one for each event, one as a sign of life, a last one. */
  async stream(request: RequestElement, response: ServerResponse, isRouted: boolean): Promise<void> {
    const ids = (at(request, 'SubscriptionIds')?.children ?? []).map(({ text }) => text);
    const minutes = Number(at(request, 'ConnectionTimeout')?.text);
    const watched = isRouted ? ids.flatMap((id) => this.#subscriptions.get(id) ?? []) : [];
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
    if (watched.length < ids.length) {
      const lost = ids.filter((id) => !watched.some((one) => one.id === id));
      this.#send(response, unknown(lost));
      response.end();
    } else this.#keepOpen(response, watched, minutes);
  }

  #keepOpen(response: ServerResponse, watched: Subscription[], minutes: number): void {
    const flush = () => {
      for (const { id, waiting } of watched)
        for (const event of waiting.splice(0)) this.#send(response, notification(id, event));
    };
    this.#streams.add(response);
    this.#send(response, status('OK'));
    for (const one of watched) one.wake = flush;
    flush();
    const heartbeat = setInterval(() => this.#send(response, status('OK')), this.#faults.heartbeatMs);
    const end = setTimeout(() => {
      this.#send(response, status('Closed'));
      response.end();
    }, minutes * this.#faults.minuteMs);
    response.once('close', () => {
      clearInterval(heartbeat);
      clearTimeout(end);
      this.#streams.delete(response);
      for (const one of watched) if (one.wake === flush) one.wake = () => {};
    });
  }

  #send(response: ServerResponse, message: string): void {
    // Between the last envelope and the end of the connection somebody may still be told of something.
    const isOver = response.destroyed || response.writableEnded;
    if (!this.#faults.silent && !isOver) response.write(streamedEnvelope(message));
  }

  count(): number {
    return this.#subscriptions.size;
  }

  /** Answers that are open. */
  streaming(): number {
    return this.#streams.size;
  }

  /** Breaks the open answers. */
  drop(): void {
    for (const response of this.#streams) response.destroy();
  }

  forget(): void {
    for (const { end } of this.#subscriptions.values()) end();
    this.#subscriptions.clear();
  }
}

function status(text: string): string {
  return success('GetStreamingEvents', `<m:ConnectionStatus>${text}</m:ConnectionStatus>`);
}

function unknown(ids: string[]): string {
  const listed = ids.map((id) => `<t:SubscriptionId>${id}</t:SubscriptionId>`).join('');
  const content = `<m:ErrorSubscriptionIds>${listed}</m:ErrorSubscriptionIds>`;
  return failure('GetStreamingEvents', 'ErrorSubscriptionNotFound', { content });
}

/** Where an event is about something that has moved, both its places. */
function notification(id: string, { type, itemId, folderId, old }: MailboxEvent): string {
  const place = (before: string, item: string, folder: string) =>
    `<t:${before}ItemId Id="${item}" ChangeKey="AQAAAA=="/><t:${before}ParentFolderId Id="${folder}" ChangeKey="AQAAAA=="/>`;
  return success(
    'GetStreamingEvents',
    `<m:Notifications><m:Notification><t:SubscriptionId>${id}</t:SubscriptionId><t:${type}>` +
      `<t:TimeStamp>${new Date().toISOString()}</t:TimeStamp>${place('', itemId, folderId)}` +
      `${old ? place('Old', old.itemId, old.folderId) : ''}</t:${type}></m:Notification></m:Notifications>`,
  );
}
