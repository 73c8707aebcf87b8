import type { AfterIntake } from '../src/model/mail-server.ts';
import type { Position } from '../src/model/message.ts';
import { Problem, type ProblemKind } from '../src/model/problem.ts';
import type { Acted, ActedOn, Inspection, MailSource, SourceEvent } from '../src/sources/source.ts';

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
  /** A source of it, as a connection would be. */
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
    /** Thrown when reading begins, and to whoever looks in. */
    connecting: Problem | null;
    /** Thrown once everything was read, instead of watching. */
    watching: Problem | 'end' | null;
    acting: Problem | null | 'hang';
    /** Why an action is refused for single messages, by their UIDs. */
    refusing: Map<string, Problem>;
  };
  /** When each reading began, in milliseconds. */
  readings: number[];
  acted: { position: Position; action: AfterIntake }[];
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
  return new ScriptedFolder(folder);
}

class ScriptedFolder implements ScriptedMailbox {
  readonly trouble: ScriptedMailbox['trouble'] = {
    connecting: null,
    watching: null,
    acting: null,
    refusing: new Map(),
  };
  readonly readings: number[] = [];
  readonly acted: ScriptedMailbox['acted'] = [];
  readonly folder: string;
  mails: Mail[] = [];
  /** Something has arrived, or the connections break. */
  change = Promise.withResolvers<Problem | null>();
  #open = 0;
  #lastUid = 0;
  #validity = 1;

  constructor(folder: string) {
    this.folder = folder;
  }

  open(): MailSource {
    this.#open++;
    return new ScriptedSource(this);
  }

  openSources(): number {
    return this.#open;
  }

  closed(): void {
    this.#open--;
  }

  deliver: ScriptedMailbox['deliver'] = (bytes, how = {}) => {
    const mail = { uid: ++this.#lastUid, receivedAt: new Date().toISOString(), bytes, ...how };
    this.mails.push(mail);
    this.breakOff(null);
    return this.positionOf(mail);
  };

  mend: ScriptedMailbox['mend'] = (position, how = {}) => {
    this.mails = this.mails.map(({ uid, receivedAt, bytes, ...wrong }) =>
      `${uid}` === position.uid ? { uid, receivedAt, bytes, ...how } : { uid, receivedAt, bytes, ...wrong },
    );
  };

  remove(position: Position): void {
    this.mails = this.mails.filter(({ uid }) => `${uid}` !== position.uid);
  }

  renumber(): void {
    this.#validity++;
  }

  breakOff(failure: Problem | null): void {
    this.change.resolve(failure);
    this.change = Promise.withResolvers();
  }

  positionOf({ uid }: Mail): Position {
    return { folder: this.folder, validity: `${this.#validity}`, uid: `${uid}` };
  }

  messageOf(mail: Mail, remaining: number): MessageEvent {
    const { uid, receivedAt, bytes, read } = mail;
    const raw = read ? read() : only(bytes);
    const position = this.positionOf(mail);
    const announced = { receivedAt, size: bytes.length, messageId: null };
    const cursor = `${uid}`;
    return { kind: 'message', position, receivedAt, size: bytes.length, announced, raw, cursor, remaining };
  }
}

class ScriptedSource implements MailSource {
  readonly #mailbox: ScriptedFolder;
  readonly #closing = Promise.withResolvers<never>();
  #isClosed = false;

  constructor(mailbox: ScriptedFolder) {
    this.#mailbox = mailbox;
    this.#closing.promise.catch(() => undefined);
  }

  async *messages(
    cursor: string | null,
    { watch, signal }: { watch: boolean; signal: AbortSignal },
  ): AsyncGenerator<SourceEvent> {
    const { readings, trouble } = this.#mailbox;
    readings.push(Date.now());
    if (trouble.connecting) throw trouble.connecting;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    const isNewer = (last: number) => this.#mailbox.mails.some(({ uid }) => uid > last);
    for (let last = Number(cursor ?? 0); ; ) {
      const waiting = this.#mailbox.mails.filter(({ uid }) => uid > last);
      for (const [n, mail] of waiting.entries()) {
        if (signal.aborted) return;
        last = mail.uid;
        yield this.#eventOf(mail, waiting.length - n - 1);
      }
      if (signal.aborted) return;
      if (isNewer(last)) continue;
      yield { kind: 'caught-up', cursor: `${last}` };
      if (!watch || trouble.watching === 'end') return;
      if (trouble.watching) throw trouble.watching;
      if (isNewer(last)) continue;
      const failure = await Promise.race([
        this.#mailbox.change.promise,
        aborted.then(() => null),
        this.#closing.promise.catch((closed: Problem) => closed),
      ]);
      if (signal.aborted) return;
      if (failure) throw failure;
    }
  }

  #eventOf(mail: Mail, remaining: number): SourceEvent {
    const { uid, receivedAt, unreadable: problem } = mail;
    if (!problem) return this.#mailbox.messageOf(mail, remaining);
    const position = this.#mailbox.positionOf(mail);
    return { kind: 'unreadable', position, receivedAt, problem, cursor: `${uid}` };
  }

  async act(positions: readonly ActedOn[], action: AfterIntake): Promise<Acted> {
    const { trouble, acted } = this.#mailbox;
    if (trouble.acting === 'hang') await this.#closing.promise;
    else if (trouble.acting) throw trouble.acting;
    const done = positions.filter(({ uid }) => !trouble.refusing.has(uid));
    acted.push(...done.map(({ folder, validity, uid }) => ({ position: { folder, validity, uid }, action })));
    return {
      done,
      removed: action.action === 'delete' ? done : [],
      refused: positions.flatMap((position) => {
        const problem = trouble.refusing.get(position.uid);
        return problem ? [{ position, problem }] : [];
      }),
    };
  }

  async stillThere(positions: readonly Position[]): Promise<Position[]> {
    const keys = new Set(this.#mailbox.mails.map((mail) => JSON.stringify(this.#mailbox.positionOf(mail))));
    return positions.filter(({ folder, validity, uid }) =>
      keys.has(JSON.stringify({ folder, validity, uid })),
    );
  }

  async fetch(position: Position): Promise<MessageEvent | null> {
    const mail = this.#mailbox.mails.find(({ uid }) => `${uid}` === position.uid);
    if (mail?.unreadable) throw mail.unreadable;
    return mail
      ? this.#mailbox.messageOf({ ...mail, read: mail.refetch ?? (() => only(mail.bytes)) }, 0)
      : null;
  }

  explain(error: unknown): Problem {
    return Problem.from(error);
  }

  async inspect(): Promise<Inspection> {
    const { folder, mails, trouble } = this.#mailbox;
    if (trouble.connecting) throw trouble.connecting;
    return { folder, messages: mails.length, capabilities: [], useful: [], tells: true, folders: [folder] };
  }

  async close(): Promise<void> {
    if (!this.#isClosed) this.#mailbox.closed();
    this.#isClosed = true;
    this.#closing.reject(connectionBroken());
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
