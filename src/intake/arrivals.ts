import type { MailSource, SourceEvent } from '../sources/source.ts';
import type { Log } from '../telemetry/log.ts';
import type { Spools } from './spools.ts';
import { type IncomingMessage, takeUnparsed, type Understood, Unparsable, understand } from './understand.ts';

/** One thing that came from the source, its bytes read: ready for the store. */
export type Arrival =
  | { kind: 'message'; message: Understood; remaining: number }
  | Exclude<SourceEvent, { kind: 'message' }>;

interface Parts {
  source: MailSource;
  spools: Spools;
  log: Log;
}

/** Each event of the source, messages understood. */
export async function* arrivals(events: AsyncIterable<SourceEvent>, parts: Parts): AsyncIterable<Arrival> {
  for await (const event of events)
    if (event.kind === 'message')
      yield { kind: 'message', message: await take(event, parts), remaining: event.remaining };
    else yield event;
}

/** One message, parsed; or unparsed, where our parser fails: that must not stop a mailbox (P25, P26). */
export async function take(message: IncomingMessage, { source, spools, log }: Parts): Promise<Understood> {
  try {
    return await understand(message, spools);
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    log.error(
      { err: error.cause, position: message.position },
      'a message could not be parsed; it is kept unparsed',
    );
    // Its bytes are half read; they are asked for once more.
    const again = await source.fetch(message.position);
    if (!again) throw error;
    return takeUnparsed({ ...again, cursor: message.cursor }, spools);
  }
}
