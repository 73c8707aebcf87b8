import type { AfterIntake } from '../src/model/mail-server.ts';
import type { Position } from '../src/model/message.ts';
import { Problem, type ProblemKind } from '../src/model/problem.ts';
import type { MailSource, SourceEvent } from '../src/sources/source.ts';

type MessageEvent = Extract<SourceEvent, { kind: 'message' }>;

interface Mail {
  uid: number;
  receivedAt: string;
  bytes: Uint8Array;
  /** Reads the bytes in some other way. */
  read?: () => AsyncIterable<Uint8Array>;
  /** The same, for those who ask for it out of turn. */
  refetch?: () => AsyncIterable<Uint8Array>;
  /** The server has it but does not give it. */
  unreadable?: Problem;
}

/**
 * Stands in for a mailbox of any protocol where it must misbehave as no real server does when asked: a folder whose
 * sources keep the contract of {@link MailSource}, and whose troubles are set from outside. Mails are read by real
 * servers in the tests of each protocol.
 */
export interface ScriptedMailbox {
  /** Another face of it, as a connection would be. */
  open(): MailSource;
  deliver(bytes: Uint8Array, how?: Partial<Omit<Mail, 'uid' | 'bytes'>>): Position;
  /** Whatever was wrong with the message is so no longer. */
  mend(position: Position, how?: Partial<Omit<Mail, 'uid' | 'bytes'>>): void;
  remove(position: Position): void;
  /** All positions change their meaning, as after a new UIDVALIDITY. */
  renumber(): void;
  /** Breaks every connection that watches now. */
  breakOff(problem: Problem): void;
  trouble: {
    /** Thrown when reading begins. */
    connecting: Problem | null;
    /** Thrown once everything was read, instead of watching. */
    watching: Problem | 'end' | null;
    acknowledging: Problem | null | 'hang';
  };
  /** When each reading began, in milliseconds. */
  readings: number[];
  acknowledged: { position: Position; action: AfterIntake }[];
  /** Sources that are open now. */
  openSources(): number;
}

export function connectionBroken(
  retry: Problem['retry'] = 'later',
  code = 'imap.connection-lost',
  kind: ProblemKind = 'unavailable',
): Problem {
  return new Problem({ code, kind, title: 'The connection broke', remedy: 'None is needed.', retry });
}

export function createScriptedMailbox(folder = 'INBOX'): ScriptedMailbox {
  return new Script(folder);
}

class Script implements ScriptedMailbox {
  readonly trouble: ScriptedMailbox['trouble'] = { connecting: null, watching: null, acknowledging: null };
  readonly readings: number[] = [];
  readonly acknowledged: ScriptedMailbox['acknowledged'] = [];
  readonly folder: string;
  mails: Mail[] = [];
  /** Something has arrived, or the connections break. */
  change = Promise.withResolvers<Problem | null>();
  connections = 0;
  #lastUid = 0;
  #validity = 1;

  constructor(folder: string) {
    this.folder = folder;
  }

  open(): MailSource {
    this.connections++;
    return new Connection(this);
  }

  openSources(): number {
    return this.connections;
  }

  deliver(bytes: Uint8Array, how: Partial<Omit<Mail, 'uid' | 'bytes'>> = {}): Position {
    const mail = { uid: ++this.#lastUid, receivedAt: new Date().toISOString(), bytes, ...how };
    this.mails.push(mail);
    this.#changed(null);
    return this.positionOf(mail);
  }

  mend(position: Position, how: Partial<Omit<Mail, 'uid' | 'bytes'>> = {}): void {
    this.mails = this.mails.map(({ uid, receivedAt, bytes, ...wrong }) =>
      `${uid}` === position.uid ? { uid, receivedAt, bytes, ...how } : { uid, receivedAt, bytes, ...wrong },
    );
  }

  remove(position: Position): void {
    this.mails = this.mails.filter(({ uid }) => `${uid}` !== position.uid);
  }

  renumber(): void {
    this.#validity++;
  }

  breakOff(problem: Problem): void {
    this.#changed(problem);
  }

  positionOf({ uid }: Mail): Position {
    return { folder: this.folder, validity: `${this.#validity}`, uid: `${uid}` };
  }

  /** What reading comes to: the message, or that it cannot be had. */
  eventOf(mail: Mail, remaining: number): SourceEvent {
    const { uid, receivedAt, unreadable: problem } = mail;
    const position = this.positionOf(mail);
    if (problem) return { kind: 'unreadable', position, receivedAt, problem, cursor: `${uid}` };
    return this.messageOf(mail, remaining);
  }

  messageOf(mail: Mail, remaining: number): MessageEvent {
    const { uid, receivedAt, bytes, read } = mail;
    return {
      kind: 'message',
      position: this.positionOf(mail),
      receivedAt,
      size: bytes.length,
      raw: read ? read() : only(bytes),
      cursor: `${uid}`,
      remaining,
    };
  }

  #changed(failure: Problem | null): void {
    this.change.resolve(failure);
    this.change = Promise.withResolvers();
  }
}

class Connection implements MailSource {
  readonly explain = Problem.from;
  readonly #mailbox: Script;
  readonly #closing = Promise.withResolvers<never>();
  #isClosed = false;

  constructor(mailbox: Script) {
    this.#mailbox = mailbox;
    this.#closing.promise.catch(() => undefined);
  }

  async *messages(
    cursor: string | null,
    { watch, signal }: { watch: boolean; signal: AbortSignal },
  ): AsyncGenerator<SourceEvent> {
    const mailbox = this.#mailbox;
    mailbox.readings.push(Date.now());
    if (mailbox.trouble.connecting) throw mailbox.trouble.connecting;
    const aborted = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    for (let last = Number(cursor ?? 0); ; ) {
      const waiting = mailbox.mails.filter(({ uid }) => uid > last);
      for (const [n, mail] of waiting.entries()) {
        if (signal.aborted) return;
        last = mail.uid;
        yield mailbox.eventOf(mail, waiting.length - n - 1);
      }
      if (signal.aborted) return;
      if (mailbox.mails.some(({ uid }) => uid > last)) continue;
      yield { kind: 'caught-up', cursor: `${last}` };
      if (!watch || mailbox.trouble.watching === 'end') return;
      if (mailbox.trouble.watching) throw mailbox.trouble.watching;
      if (mailbox.mails.some(({ uid }) => uid > last)) continue;
      const closed = this.#closing.promise.catch((problem: Problem) => problem);
      const failure = await Promise.race([mailbox.change.promise, aborted, closed]);
      if (signal.aborted) return;
      if (failure) throw failure;
    }
  }

  async acknowledge(positions: Position[], action: AfterIntake): Promise<void> {
    const { acknowledging } = this.#mailbox.trouble;
    if (acknowledging === 'hang') await this.#closing.promise;
    else if (acknowledging) throw acknowledging;
    this.#mailbox.acknowledged.push(...positions.map((position) => ({ position, action })));
  }

  async fetch(position: Position): Promise<MessageEvent | null> {
    const mail = this.#mailbox.mails.find(({ uid }) => `${uid}` === position.uid);
    if (mail?.unreadable) throw mail.unreadable;
    if (!mail) return null;
    return this.#mailbox.messageOf({ ...mail, read: mail.refetch ?? (() => only(mail.bytes)) }, 0);
  }

  async inspect() {
    const { folder, mails } = this.#mailbox;
    return { folder, messages: mails.length, capabilities: [], folders: [folder] };
  }

  async close(): Promise<void> {
    if (!this.#isClosed) this.#mailbox.connections--;
    this.#isClosed = true;
    this.#closing.reject(connectionBroken());
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
