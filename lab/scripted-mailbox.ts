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
    /** Thrown when reading begins. */
    connecting: Problem | null;
    /** Thrown once everything was read, instead of watching. */
    watching: Problem | 'end' | null;
    acting: Problem | null | 'hang';
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
  let mails: Mail[] = [];
  let lastUid = 0;
  let validity = 1;
  /** Something has arrived, or the connections break. */
  let change = Promise.withResolvers<Problem | null>();
  let open = 0;

  function changed(failure: Problem | null): void {
    change.resolve(failure);
    change = Promise.withResolvers();
  }

  const positionOf = ({ uid }: Mail): Position => ({ folder, validity: `${validity}`, uid: `${uid}` });

  function messageOf(mail: Mail, remaining: number): MessageEvent {
    const { uid, receivedAt, bytes, read } = mail;
    return {
      kind: 'message',
      position: positionOf(mail),
      receivedAt,
      size: bytes.length,
      raw: read ? read() : only(bytes),
      cursor: `${uid}`,
      remaining,
    };
  }

  const mailbox: ScriptedMailbox = {
    trouble: { connecting: null, watching: null, acting: null },
    readings: [],
    acted: [],
    openSources: () => open,
    deliver(bytes, how = {}) {
      const mail = { uid: ++lastUid, receivedAt: new Date().toISOString(), bytes, ...how };
      mails.push(mail);
      changed(null);
      return positionOf(mail);
    },
    mend(position, how = {}) {
      mails = mails.map(({ uid, receivedAt, bytes, ...wrong }) =>
        `${uid}` === position.uid ? { uid, receivedAt, bytes, ...how } : { uid, receivedAt, bytes, ...wrong },
      );
    },
    remove(position) {
      mails = mails.filter(({ uid }) => `${uid}` !== position.uid);
    },
    renumber() {
      validity++;
    },
    breakOff: changed,
    open() {
      open++;
      const closing = Promise.withResolvers<never>();
      closing.promise.catch(() => undefined);
      let isClosed = false;

      async function* messages(
        cursor: string | null,
        { watch, signal }: { watch: boolean; signal: AbortSignal },
      ) {
        mailbox.readings.push(Date.now());
        if (mailbox.trouble.connecting) throw mailbox.trouble.connecting;
        const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        for (let last = Number(cursor ?? 0); ; ) {
          const waiting = mails.filter(({ uid }) => uid > last);
          for (const [n, mail] of waiting.entries()) {
            if (signal.aborted) return;
            last = mail.uid;
            if (mail.unreadable) {
              const { receivedAt, unreadable: problem, uid } = mail;
              yield {
                kind: 'unreadable',
                position: positionOf(mail),
                receivedAt,
                problem,
                cursor: `${uid}`,
              } as const;
            } else yield messageOf(mail, waiting.length - n - 1);
          }
          if (signal.aborted) return;
          if (mails.some(({ uid }) => uid > last)) continue;
          yield { kind: 'caught-up', cursor: `${last}` } as const;
          if (!watch || mailbox.trouble.watching === 'end') return;
          if (mailbox.trouble.watching) throw mailbox.trouble.watching;
          if (mails.some(({ uid }) => uid > last)) continue;
          const failure = await Promise.race([
            change.promise,
            aborted.then(() => null),
            closing.promise.catch((closed: Problem) => closed),
          ]);
          if (signal.aborted) return;
          if (failure) throw failure;
        }
      }

      return {
        messages,
        async act(positions, action) {
          const { acting } = mailbox.trouble;
          if (acting === 'hang') await closing.promise;
          else if (acting) throw acting;
          mailbox.acted.push(...positions.map((position) => ({ position, action })));
        },
        async fetch(position) {
          const mail = mails.find(({ uid }) => `${uid}` === position.uid);
          if (mail?.unreadable) throw mail.unreadable;
          return mail ? messageOf({ ...mail, read: mail.refetch ?? (() => only(mail.bytes)) }, 0) : null;
        },
        explain: Problem.from,
        inspect: async () => ({ folder, messages: mails.length, capabilities: [], folders: [folder] }),
        async close() {
          if (!isClosed) open--;
          isClosed = true;
          closing.reject(connectionBroken());
        },
      };
    },
  };
  return mailbox;
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
