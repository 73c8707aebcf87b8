import type { Letterbox } from '../../src/app.ts';
import type { LabReceiver } from '../receiver.ts';
import type { Story } from './story.ts';

/**
 * Tells each message as it is stored and delivered, and checks that it came to the receiver signed, with the
 * checksum of what is stored. `strictly` ends after `enough` messages, or rejects at the first that is not as it
 * should be or came twice; it never does where a person may press Replay meanwhile, so it is for runs alone.
 */
export function tellStory({
  story,
  letterbox: { administration, events },
  receiver,
  destination,
  enough,
  signal,
}: {
  story: Story;
  letterbox: Letterbox;
  receiver: LabReceiver;
  destination: string;
  enough: number;
  signal: AbortSignal;
}) {
  const good = new Set<string>();
  const { promise: strictly, resolve, reject } = Promise.withResolvers<void>();
  // Whoever does not wait for it does not fail by it.
  strictly.catch(() => undefined);

  async function tellDelivered(deliveryId: string, messageId: string, seconds: number): Promise<void> {
    const { subject, sha256 } = await administration.messages.get(messageId);
    const requests = receiver.requests.filter(({ id }) => id === deliveryId);
    const whole = requests.every(({ verified, body }) => verified && JSON.parse(body).data.sha256 === sha256);
    if (requests.length === 0 || !whole) story.spoilt(subject);
    else if (requests.length > 1) story.repeated(subject);
    else {
      story.delivered(subject, seconds);
      good.add(messageId);
      if (good.size >= enough) resolve();
      return;
    }
    reject(new Error(`${deliveryId} did not arrive once, signed and whole`));
  }

  /** While it runs; what fails because the end has come is nobody's trouble. */
  const tell = (work: () => Promise<void>) => {
    if (!signal.aborted) work().catch((error) => signal.aborted || reject(error));
  };

  events.on('message.stored', ({ messageId, size, outcome }) => {
    if (outcome === 'new')
      tell(async () => story.stored((await administration.messages.get(messageId)).subject, size));
  });
  events.on('delivery.settled', (settled) => {
    if (settled.destinationId !== destination) return;
    tell(async () => {
      if (settled.state === 'delivered')
        await tellDelivered(settled.deliveryId, settled.item.id, settled.seconds);
      else story.troubled(settled.problem?.title ?? 'A delivery failed', settled.problem?.remedy ?? '');
    });
  });
  events.on('server.state', ({ problem }) =>
    tell(async () => {
      if (problem) story.troubled(problem.title, problem.remedy ?? '');
    }),
  );
  return { strictly, count: () => good.size };
}
