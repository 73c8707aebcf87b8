import type { Answer, Entry } from './protocol.ts';
import type { SourceEvent } from './source.ts';

/** A message as it is yielded, with what the server says of it. */
export function messageEvent(
  { receivedAt, size }: Extract<Answer, { kind: 'given' }>,
  entry: Entry,
  rest: Pick<Extract<SourceEvent, { kind: 'message' }>, 'raw' | 'cursor' | 'remaining'>,
): Extract<SourceEvent, { kind: 'message' }> {
  const told = receivedAt ?? entry.receivedAt;
  return {
    kind: 'message',
    position: entry.position,
    receivedAt: told ?? new Date().toISOString(),
    size,
    announced: { receivedAt: told, size: entry.size ?? size, messageId: entry.messageId ?? null },
    ...rest,
  };
}
