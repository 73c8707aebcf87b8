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
export function createSubscriptions(faults: Faults) {
  const subscriptions = new Map<string, Subscription>();
  const streams = new Set<ServerResponse>();

  function subscribe(request: RequestElement, reach: Reach): Message[] {
    const streaming = at(request, 'StreamingSubscriptionRequest');
    const types = (at(streaming, 'EventTypes')?.children ?? []).map(({ text }) => text);
    const message = attempt('Subscribe', () => {
      if (!faults.notifications) throw new Denied('ErrorSubscriptionDelegateAccessNotSupported');
      const found = (at(streaming, 'FolderIds')?.children ?? []).map((one) => reach.folder(one));
      const mailbox = found[0]?.mailbox;
      if (!mailbox) throw new Denied('ErrorInvalidSubscriptionRequest');
      const folders = new Set(found.map(({ folder }) => folder.id));
      const id = randomUUID();
      const end = mailbox.listen((event) => {
        if (!folders.has(event.folderId) || !types.includes(event.type)) return;
        subscription.waiting.push(event);
        subscription.wake();
      });
      const subscription: Subscription = { id, waiting: [], wake: () => {}, end };
      subscriptions.set(id, subscription);
      return success('Subscribe', `<m:SubscriptionId>${id}</m:SubscriptionId>`);
    });
    return [message];
  }

  function unsubscribe(request: RequestElement): Message[] {
    const id = at(request, 'SubscriptionId')?.text ?? '';
    subscriptions.get(id)?.end();
    return [
      subscriptions.delete(id) ? success('Unsubscribe') : failure('Unsubscribe', 'ErrorSubscriptionNotFound'),
    ];
  }

  /** Keeps the answer open: an envelope at once, one for each event, one as a sign of life, a last one. */
  async function stream(request: RequestElement, response: ServerResponse, isRouted: boolean): Promise<void> {
    const ids = (at(request, 'SubscriptionIds')?.children ?? []).map(({ text }) => text);
    const minutes = Number(at(request, 'ConnectionTimeout')?.text);
    const lost = ids.filter((id) => !isRouted || !subscriptions.has(id));
    const send = (message: string) => {
      if (!faults.silent && !response.destroyed) response.write(streamedEnvelope(message));
    };
    const status = (text: string) =>
      send(success('GetStreamingEvents', `<m:ConnectionStatus>${text}</m:ConnectionStatus>`));
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
    if (lost.length > 0 || !(minutes >= 1 && minutes <= 30)) {
      const content = `<m:ErrorSubscriptionIds>${lost.map((id) => `<t:SubscriptionId>${id}</t:SubscriptionId>`).join('')}</m:ErrorSubscriptionIds>`;
      send(failure('GetStreamingEvents', 'ErrorSubscriptionNotFound', { content }));
      response.end();
      return;
    }
    streams.add(response);
    status('OK');
    const watched = ids.map((id) => subscriptions.get(id) as Subscription);
    const flush = () => {
      for (const { id, waiting } of watched)
        for (const event of waiting.splice(0)) send(success('GetStreamingEvents', notification(id, event)));
    };
    for (const one of watched) one.wake = flush;
    flush();
    const heartbeat = setInterval(() => status('OK'), faults.heartbeatMs);
    const end = setTimeout(() => {
      status('Closed');
      response.end();
    }, minutes * faults.minuteMs);
    response.once('close', () => {
      clearInterval(heartbeat);
      clearTimeout(end);
      streams.delete(response);
      for (const one of watched) if (one.wake === flush) one.wake = () => {};
    });
  }

  return {
    subscribe,
    unsubscribe,
    stream,
    count: () => subscriptions.size,
    streaming: () => streams.size,
    drop(): void {
      for (const response of streams) response.destroy();
    },
    forget(): void {
      for (const { end } of subscriptions.values()) end();
      subscriptions.clear();
    },
  };
}

function notification(id: string, { type, itemId, folderId }: MailboxEvent): string {
  return (
    `<m:Notifications><m:Notification><t:SubscriptionId>${id}</t:SubscriptionId><t:${type}>` +
    `<t:TimeStamp>${new Date().toISOString()}</t:TimeStamp><t:ItemId Id="${itemId}" ChangeKey="AQAAAA=="/>` +
    `<t:ParentFolderId Id="${folderId}" ChangeKey="AQAAAA=="/></t:${type}></m:Notification></m:Notifications>`
  );
}
