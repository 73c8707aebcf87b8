import { noneIfItPasses, Problem } from '../model/problem.ts';
import { at, type Peer, quote, saying } from './wording.ts';

/** What goes wrong between here and a mail server, in the words that a person reads; codes begin with the protocol. */

export function unavailable(peer: Peer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.unavailable`,
      kind: 'unavailable',
      title: 'The mail server cannot sign anyone in just now',
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

export function notTls(peer: Peer, origin?: unknown): Problem {
  const [tls, starttls] = ports[peer.protocol] ?? [443, null];
  const other = starttls === null ? 'HTTP without TLS' : `STARTTLS (${starttls})`;
  return new Problem(
    {
      code: `${peer.protocol}.tls`,
      kind: 'protocol',
      title: 'The mail server does not answer with TLS on this port',
      detail: at(peer),
      cause:
        peer.security === 'tls'
          ? `The port may be one for ${other}, or the server accepts only old versions of TLS.`
          : 'The server broke off the TLS handshake after STARTTLS.',
      remedy:
        starttls === null
          ? `Check the port of this server: ${tls} as a rule.`
          : `Check port and encryption of this server: ${tls} with TLS, ${starttls} with STARTTLS.`,
      retry: 'later',
    },
    origin,
  );
}

/** By OpenSSL's and Node's error codes (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const certificateCauses: Record<string, string> = {
  CERT_HAS_EXPIRED: 'The certificate has expired.',
  CERT_NOT_YET_VALID: 'The certificate is not valid yet; or the clock of this machine is wrong.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is signed by itself.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another host name.',
  HOSTNAME_MISMATCH: 'The certificate is for another host name.',
};

export function certificateRefused(peer: Peer, code: string, message: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: `${peer.protocol}.certificate`,
      kind: 'protocol',
      title: 'The certificate of the mail server cannot be trusted',
      detail: `${at(peer)}: ${quote(message)} (${code})`,
      cause: certificateCauses[code] ?? 'The certificate is signed by an authority that is not known here.',
      remedy:
        'If the organisation has its own certificate authority, give its certificate (PEM) with this server. ' +
        'Otherwise check the host name, and renew the certificate on the mail server.',
      retry: 'later',
    },
    origin,
  );
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
      title: 'The mail server cannot be reached',
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
      title: 'The mail server stopped answering',
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
      title: 'The connection to the mail server broke',
      detail: why === '' ? at(peer) : `${at(peer)}: ${quote(why)}`,
      remedy: 'None is needed if it passes: the connection is made anew.',
      retry: 'later',
    },
    origin,
  );
}
