import type { MatrixWorld } from './world.ts';

/** The protocols that are lived through. */
export type Protocol = 'imap' | 'pop3' | 'graph' | 'ews';

/** One mailbox at the server of a protocol, and what may befall it. */
export interface Subject {
  /** Where it is, as an administrator enters it. */
  server: { protocol: Protocol; host: string; port: number };
  deliver(mails: Uint8Array[]): Promise<void>;
  /** The server asks to be left alone; until `end`. */
  throttle(): Promise<{ end(): Promise<void> }>;
  /** What the cursor rests on means nothing any more. */
  losePlace(): Promise<void>;
  /** Connections break, so that the next one needs a token that is good. */
  dropConnections(): void;
}

export const subjects: Record<Protocol, (world: MatrixWorld, address: string) => Subject> = {
  imap: ({ dovecot }, address) => ({
    server: { protocol: 'imap', host: dovecot.host, port: dovecot.imapsPort },
    ...inDovecot(dovecot, address),
  }),

  pop3: ({ dovecot }, address) => ({
    server: { protocol: 'pop3', host: dovecot.host, port: dovecot.pop3sPort },
    ...inDovecot(dovecot, address),
  }),

  graph({ graph }, address) {
    graph.mailbox(address);
    return {
      server: { protocol: 'graph', host: graph.host, port: graph.port },
      async deliver(mails) {
        for (const mail of mails) await graph.deliver(address, mail);
      },
      async throttle() {
        graph.faults.throttled = Number.POSITIVE_INFINITY;
        return {
          async end() {
            graph.faults.throttled = 0;
          },
        };
      },
      losePlace: async () => graph.expireDeltaTokens(),
      dropConnections() {},
    };
  },

  ews({ ews }, address) {
    const mailbox = ews.mailbox(address);
    return {
      server: { protocol: 'ews', host: ews.host, port: ews.port },
      async deliver(mails) {
        for (const mail of mails) mailbox.deliver(mail);
      },
      async throttle() {
        const busy = { kind: 'busy', backOff: 500, as: 'fault' } as const;
        ews.faults.next(busy, { times: 3 });
        return { async end() {} };
      },
      losePlace: async () => ews.loseSyncStates(),
      dropConnections: () => ews.subscriptions.drop(),
    };
  },
};

function inDovecot(dovecot: MatrixWorld['dovecot'], address: string): Omit<Subject, 'server'> {
  return {
    deliver: (mails) => dovecot.fill(address, mails),
    throttle: () => dovecot.crowd(address),
    losePlace: () => dovecot.resetUidValidity(address),
    dropConnections: () => dovecot.killSessions(),
  };
}
