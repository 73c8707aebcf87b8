import type { MailServer } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import { at, quote, saying } from './wording.ts';

/** What goes wrong with a connection, in the words that a person reads. Which error becomes which is in `explain.ts`. */

export function signInRefused(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.sign-in-refused',
      title: 'The mail server refuses the sign-in',
      detail: `${at(server)}, as ${server.username ?? server.address}${saying(said)}`,
      cause:
        'The token was refused, also a fresh one: it is for another account or another resource, the permission ' +
        'to use IMAP is missing from it, or IMAP is switched off for the mailbox.',
      remedy:
        'Check the mailbox address and sign-in name, and that the credential profile asks for the IMAP scope ' +
        '(Microsoft: https://outlook.office.com/IMAP.AccessAsUser.All); then reconnect the profile.',
      retry: 'later',
    },
    origin,
  );
}

/** P22: the five known causes; the doctor tells them apart. */
export function notConnected(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.not-connected',
      title: 'The token is good, but not for this mailbox',
      detail: `${at(server)}, mailbox ${server.username ?? server.address}; the server said: User is authenticated but not connected`,
      cause:
        'One of these: (1) another account consented than the mailbox belongs to, often the administrator who was ' +
        'signed in to the browser; (2) the mailbox is shared and the account that consented has no full access to it; ' +
        '(3) app-only: the service principal is not registered in Exchange, or was registered with the object ID of ' +
        'the App registration instead of the Enterprise application, or has no permission on the mailbox; ' +
        '(4) IMAP is switched off for the mailbox, or the mailbox has no licence; (5) a passing fault at the server.',
      remedy:
        'Test the connection to see which it is. Reconnect the profile with the account of the mailbox; for a shared ' +
        'mailbox or app-only access give FullAccess: Add-MailboxPermission -Identity ' +
        `${server.address} -User <account or service principal> -AccessRights FullAccess. A passing fault is retried.`,
      retry: 'later',
    },
    origin,
  );
}

export function noOauth(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.no-oauth',
      title: 'The mail server does not offer sign-in with OAuth 2.0',
      detail: `${at(server)} offers neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2`,
      remedy: 'Check host and port; switch on XOAUTH2 or OAUTHBEARER on the mail server.',
      retry: 'later',
    },
    origin,
  );
}

export function unavailable(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.unavailable',
      title: 'The mail server cannot sign anyone in just now',
      detail: `${at(server)}${saying(said)}`,
      remedy: 'None is needed if it passes: it is tried again by itself.',
      retry: 'later',
    },
    origin,
  );
}

/** `wait`: milliseconds that the server asked for, already waited ones taken off. */
export function throttled(server: MailServer, said: string, wait: number, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.throttled',
      title: 'The mail server asks us to slow down',
      detail: `${at(server)}${saying(said)}`,
      cause:
        'The mailbox was used more than the server allows in a short time, by Letterbox or by other programs.',
      remedy: 'None is needed: it goes on when the time that the server asked for has passed.',
      retry: wait > 0 ? new Date(Date.now() + wait) : 'later',
    },
    origin,
  );
}

export function starttlsMissing(server: MailServer, reason: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.starttls-missing',
      title: 'The mail server does not offer STARTTLS, so the connection cannot be encrypted',
      detail: `${at(server)}: ${quote(reason)}`,
      cause: 'STARTTLS is switched off on the server, or something between here and there takes it out.',
      remedy:
        'Use implicit TLS (port 993) for this server, or switch on STARTTLS on it. Nothing was sent unencrypted.',
      retry: 'later',
    },
    origin,
  );
}

export function notTls(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.tls',
      title: 'The mail server does not answer with TLS on this port',
      detail: at(server),
      cause:
        server.security === 'tls'
          ? 'The port may be one for STARTTLS (143), or the server accepts only old versions of TLS.'
          : 'The server broke off the TLS handshake after STARTTLS.',
      remedy: 'Check port and encryption of this server: 993 with TLS, 143 with STARTTLS.',
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

export function certificateRefused(
  server: MailServer,
  code: string,
  message: string,
  origin?: unknown,
): Problem {
  return new Problem(
    {
      code: 'imap.certificate',
      title: 'The certificate of the mail server cannot be trusted',
      detail: `${at(server)}: ${quote(message)} (${code})`,
      cause: certificateCauses[code] ?? 'The certificate is signed by an authority that is not known here.',
      remedy:
        'If the organisation has its own certificate authority, give its certificate (PEM) with this server. ' +
        'Otherwise check the host name, and renew the certificate on the mail server.',
      retry: 'later',
    },
    origin,
  );
}

export function authorityUnreadable(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.certificate-authority',
      title: 'The certificate authority given for this server cannot be read',
      detail: at(server),
      remedy:
        'Give the certificate of the authority in PEM form, beginning with -----BEGIN CERTIFICATE-----.',
    },
    origin,
  );
}

export function unreachable(server: MailServer, why: string, cause: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.unreachable',
      title: 'The mail server cannot be reached',
      detail: `${at(server)}: ${why}`,
      cause,
      remedy:
        'Check host and port, and that this machine may reach them (firewall, DNS). It is tried again by itself.',
      retry: 'later',
    },
    origin,
  );
}

export function silent(server: MailServer, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.silent',
      title: 'The mail server stopped answering',
      detail: at(server),
      cause:
        'The connection died without a sign: a network change, a firewall that forgot it, or a server that hangs.',
      remedy: 'None is needed if it passes: the connection is made anew.',
      retry: 'later',
    },
    origin,
  );
}

export function connectionLost(server: MailServer, why: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.connection-lost',
      title: 'The connection to the mail server broke',
      detail: why === '' ? at(server) : `${at(server)}: ${quote(why)}`,
      remedy: 'None is needed if it passes: the connection is made anew.',
      retry: 'later',
    },
    origin,
  );
}

export function bye(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.bye',
      title: 'The mail server closed the connection',
      detail: `${at(server)}${saying(said)}`,
      remedy: 'None is needed if it passes: the connection is made anew.',
      retry: 'later',
    },
    origin,
  );
}

export function misunderstood(server: MailServer, what: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'imap.protocol',
      title: 'The mail server sent something that is not IMAP',
      detail: `${at(server)}: ${quote(what)}`,
      remedy: 'Check that host and port belong to an IMAP server. If they do, report it with the log.',
      retry: 'later',
    },
    origin,
  );
}
