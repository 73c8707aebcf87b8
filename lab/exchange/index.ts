import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { LabCertificates } from '../certificates.ts';
import type { LabDovecot } from '../dovecot/index.ts';
import type { Network } from '../https.ts';
import { makeIdentity } from '../network/identity.ts';
import { openPort } from '../network/port.ts';
import type { Protocol, UnknownApps } from './admission.ts';
import { serveImap } from './imap.ts';
import { Lines } from './lines.ts';
import { createExchangeOrganisation, type ExchangeOrganisation } from './organisation.ts';
import { servePop3 } from './pop3.ts';
import type { Front, SignInNote } from './session.ts';
import { serveSmtp } from './smtp.ts';
import type { Trusted } from './tokens.ts';

export interface LabExchange {
  host: 'localhost';
  /** TLS from the first byte. */
  imapsPort: number;
  pop3sPort: number;
  /** STARTTLS. */
  submissionPort: number;
  organisation: ExchangeOrganisation;
  network: Record<Protocol, Network>;
  /** How Exchange answers apps that it does not know; see `admission.ts`. */
  answerUnknownApps(as: UnknownApps): void;
  /** How each sign-in ended, without tokens. */
  signIns: SignInNote[];
  stop(): Promise<void>;
}

/**
 * What stands before mailboxes in Exchange Online, before a real Dovecot: greetings, capabilities and sign-in of IMAP,
 * POP3 and SMTP submission as public logs show them, and who is let in by what administrators have set (`organisation`).
 * Tokens are verified with the authority's keys. What is said in an open mailbox is Dovecot's.
 *
 * Not covered: passwords (refused), OAUTHBEARER, IMAP and POP3 with STARTTLS, limits of connections, delays before a
 * change is known everywhere.
 */
export async function startExchange({
  certificates,
  authority,
  dovecot,
  organisation = createExchangeOrganisation(),
}: {
  certificates: LabCertificates;
  authority: Trusted;
  dovecot: Pick<LabDovecot, 'imapPort' | 'pop3Port' | 'submissionPort'>;
  organisation?: ExchangeOrganisation;
}): Promise<LabExchange> {
  const front: Front = {
    organisation,
    authority,
    behind: { imap: dovecot.imapPort, pop3: dovecot.pop3Port, smtp: dovecot.submissionPort },
    unknownApps: 'not connected',
    signIns: [],
  };
  const listen = (serve: Serve) => listenFor(serve, certificates);
  const imap = await listen((socket, secure) => serveImap(new Lines(encrypted(socket, secure())), front));
  const pop3 = await listen((socket, secure) => servePop3(new Lines(encrypted(socket, secure())), front));
  const smtp = await listen((socket, secure) => serveSmtp(new Lines(socket), front, secure));
  return {
    host: 'localhost',
    imapsPort: imap.port,
    pop3sPort: pop3.port,
    submissionPort: smtp.port,
    organisation,
    network: { imap: imap.network, pop3: pop3.network, smtp: smtp.network },
    answerUnknownApps(as) {
      front.unknownApps = as;
    },
    signIns: front.signIns,
    async stop() {
      await Promise.all([imap.stop(), pop3.stop(), smtp.stop()]);
    },
  };
}

type Secure = () => { secureContext: ReturnType<typeof createSecureContext> };
type Serve = (socket: Socket, secure: Secure) => Promise<void>;

async function listenFor(serve: Serve, certificates: LabCertificates) {
  let secureContext = createSecureContext(await makeIdentity('trusted', certificates));
  const { port, stop, become, connections } = await openPort((socket) => {
    serve(socket, () => ({ secureContext })).catch(() => socket.destroy());
  });
  const network: Network = {
    become,
    connections,
    async show(identity) {
      secureContext = createSecureContext(await makeIdentity(identity, certificates));
    },
  };
  return { port, stop, network };
}

function encrypted(socket: Socket, options: object): TLSSocket {
  return new TLSSocket(socket, { isServer: true, ...options });
}
