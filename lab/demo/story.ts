import type { Letterbox } from '../../src/app.ts';
import { Problem } from '../../src/model/problem.ts';
import type { LabReceiver } from '../receiver.ts';

/** What the demo says in the terminal: one line for each thing that happens. */
export type Story = ReturnType<typeof createStory>;

export function createStory(out: NodeJS.WriteStream) {
  const colour = out.isTTY
    ? (code: number, text: string) => `\u001b[${code}m${text}\u001b[0m`
    : (_: number, text: string) => text;
  const line = (text: string) => out.write(`${text}\n`);
  return {
    step: (text: string) => line(`${colour(32, '✔')} ${text}`),
    stored: (subject: string, bytes: number) =>
      line(`  ${colour(36, 'stored   ')} ${subject} ${colour(90, `${bytes} bytes`)}`),
    delivered: (subject: string, verified: boolean) =>
      line(
        `  ${colour(verified ? 32 : 31, 'delivered')} ${subject} ${colour(90, verified ? 'signature verified' : 'SIGNATURE WRONG')}`,
      ),
    troubled: (what: string) => line(`  ${colour(33, 'trouble  ')} ${what}`),
    failed(error: unknown) {
      const { title, detail, remedy } = Problem.from(error);
      const said = error instanceof Problem ? [title, detail, remedy] : [String(error)];
      line(`${colour(31, '✘')} ${said.filter(Boolean).join('\n  ')}`);
    },
    panel(rows: [label: string, value: string][]) {
      const width = Math.max(...rows.map(([label]) => label.length));
      line('');
      for (const [label, value] of rows) line(`  ${colour(90, label.padEnd(width))}  ${colour(1, value)}`);
      line('');
    },
  };
}

/**
 * Tells each message as it is stored and delivered. Resolves once `enough` of them came to the receiver, each
 * once, signed, and with the checksum of what is stored; rejects when one is not as it should be.
 */
export async function tellStory({
  story,
  letterbox: { administration, events },
  receiver,
  enough,
  signal,
}: {
  story: Story;
  letterbox: Letterbox;
  receiver: LabReceiver;
  enough: number;
  signal: AbortSignal;
}): Promise<void> {
  const checked = new Set<string>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();

  events.on('message.stored', async ({ messageId, size }) => {
    if (signal.aborted) return;
    story.stored((await administration.messages.get(messageId)).subject, size);
  });
  events.on('delivery.settled', async ({ deliveryId, messageId, state, problem }) => {
    if (signal.aborted) return;
    if (state !== 'delivered') return story.troubled(problem?.title ?? state);
    const message = await administration.messages.get(messageId);
    const requests = receiver.requests.filter(({ id }) => id === deliveryId);
    const good = requests.some(
      ({ verified, body }) => verified && JSON.parse(body).data.sha256 === message.sha256,
    );
    story.delivered(message.subject, good);
    if (!good) reject(new Error(`${deliveryId} did not arrive signed and whole`));
    if (requests.length > 1) reject(new Error(`${deliveryId} arrived ${requests.length} times`));
    checked.add(messageId);
    if (checked.size >= enough) resolve();
  });
  events.on('server.state', ({ problem }) => {
    if (problem && !signal.aborted) story.troubled(`${problem.title}. ${problem.remedy ?? ''}`);
  });
  await promise;
}
