import { noneIfItPasses, Problem } from '../model/problem.ts';
import type { TlsFailure } from './tls-failures.ts';
import { at, type Peer, quote, roleOf, saying } from './wording.ts';

/** What goes wrong between here and another machine, in the words that a person reads; codes begin with the protocol. */

/** The server says in so many words that the trouble is its own, whatever was asked for. */
export function unavailable(peer: Peer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.unavailable`,
      kind: 'unavailable',
      title: 'The mail server cannot serve anyone just now',
      detail: `${at(peer)}${saying(said)}`,
      remedy: noneIfItPasses,
      retry: 'later',
    },
    origin,
  );
}

/** `wait`: milliseconds that the server asked for, already waited ones taken off. */
export function throttled(peer: Peer, said: string, wait: number, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.throttled`,
      kind: 'throttled',
      title: 'The mail server asks us to slow down',
      detail: `${at(peer)}${saying(said)}`,
      cause:
        'The mailbox was used more than the server allows in a short time, by Letterbox or by other programs.',
      remedy: 'None is needed: it goes on when the time that the server asked for has passed.',
      retry: wait > 0 ? new Date(Date.now() + wait) : 'later',
    },
    origin,
  );
}

/** Registered ports (IANA) with TLS from the first byte, and with STARTTLS; all other protocols are HTTPS. */
const ports: Record<string, [tls: number, starttls: number] | undefined> = {
  imap: [993, 143],
  pop3: [995, 110],
  smtp: [465, 587],
  lmtp: [24, 24],
};

export function starttlsMissing(peer: Peer, reason: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.starttls-missing`,
      kind: 'protocol',
      title: 'The mail server does not offer STARTTLS, so the connection cannot be encrypted',
      detail: `${at(peer)}: ${quote(reason)}`,
      cause: 'STARTTLS is switched off on the server, or something between here and there takes it out.',
      remedy:
        `Use implicit TLS (port ${ports[peer.protocol]?.[0] ?? 443}) for this server, or switch on STARTTLS on it. ` +
        'Nothing was sent unencrypted.',
      retry: 'later',
    },
    origin,
  );
}

/** `said` is the error's own code and words. */
export function tlsFailed(
  peer: Peer,
  { what, cause, mend }: TlsFailure,
  said: string,
  origin?: unknown,
): Problem {
  const role = roleOf(peer);
  const titles = {
    certificate: `The certificate of the ${role} cannot be trusted`,
    'not-tls': `The ${role} does not answer with TLS on this port`,
    handshake: `No encrypted connection to the ${role} comes about`,
  };
  return new Problem(
    {
      code: `${peer.protocol}.${what === 'certificate' ? 'certificate' : 'tls'}`,
      kind: 'protocol',
      title: titles[what],
      detail: `${at(peer)}: ${quote(said)}`,
      cause,
      remedy: tlsRemedy(mend, peer),
      retry: 'later',
    },
    origin,
  );
}

function tlsRemedy(mend: TlsFailure['mend'], peer: Peer): string {
  const role = roleOf(peer);
  const [tls, starttls] = ports[peer.protocol] ?? [443, null];
  const remedies: Record<TlsFailure['mend'], string> = {
    name: `Enter the host name that the certificate of the ${role} is for, or let it be given one for this name.`,
    renew: `Whoever runs the ${role} gives it a new certificate.`,
    clock: `Set the clock of this machine; if it is right, whoever runs the ${role} gives it another certificate.`,
    trust:
      `If you know that authority, ${trustSetting(peer)}. If a proxy looks into connections, that is its ` +
      `certificate, or let it leave ${peer.host} alone. Else whoever runs the ${role} gives it a certificate of a public authority, with its intermediate ones.`,
    peer: `Whoever runs the ${role} mends its TLS settings.`,
    port:
      starttls === null
        ? `Check the port: ${tls} as a rule.`
        : `Check port and encryption of this server: ${tls} with TLS, ${starttls} with STARTTLS.`,
    network: `Check the port, and that a firewall or proxy on the way lets TLS to ${peer.host}:${peer.port} through.`,
  };
  return remedies[mend];
}

/** Where a private authority is named: with the server, where there is such a field, or for everything. */
function trustSetting({ protocol }: Peer): string {
  const forAll = 'name its certificate (PEM) in tls.trust of the configuration and start Letterbox again';
  return ['oauth', 'webhook', 'directory'].includes(protocol)
    ? forAll
    : `give its certificate (PEM) with this server as its private certificate authority, or ${forAll}`;
}

export function authorityUnreadable(peer: Peer, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.certificate-authority`,
      kind: 'conflict',
      title: 'The certificate authority given for this server cannot be read',
      detail: at(peer),
      remedy:
        'Give the certificate of the authority in PEM form, beginning with -----BEGIN CERTIFICATE-----.',
    },
    origin,
  );
}

export function unreachable(peer: Peer, why: string, cause: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.unreachable`,
      kind: 'unavailable',
      title: `The ${roleOf(peer)} cannot be reached`,
      detail: `${at(peer)}: ${why}`,
      cause,
      remedy:
        'Check host and port, and that this machine may reach them (firewall, DNS). It is tried again by itself.',
      retry: 'later',
    },
    origin,
  );
}

export function silent(peer: Peer, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.silent`,
      kind: 'unavailable',
      title: `The ${roleOf(peer)} stopped answering`,
      detail: at(peer),
      cause:
        'The connection died without a sign: a network change, a firewall that forgot it, or a server that hangs.',
      remedy: 'None is needed if it passes: the connection is made anew.',
      retry: 'later',
    },
    origin,
  );
}

/** `why`: what came instead of an answer. */
export function answerUnreadable(peer: Peer, why: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.answer-unreadable`,
      kind: 'protocol',
      title: 'The server’s answer cannot be read as HTTP',
      detail: `${at(peer)}: ${quote(why)}`,
      cause: 'Something else answers on this port, or a proxy between here and there breaks what passes.',
      remedy: 'Check host and port of this server, and what stands between here and there.',
      retry: 'later',
    },
    origin,
  );
}

export function connectionLost(peer: Peer, why: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.connection-lost`,
      kind: 'unavailable',
      title: `The connection to the ${roleOf(peer)} broke`,
      detail: why === '' ? at(peer) : `${at(peer)}: ${quote(why)}`,
      remedy: 'None is needed if it passes: the connection is made anew.',
      retry: 'later',
    },
    origin,
  );
}
