import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { assertAllowed } from './allowed-hosts.ts';
import { authorityUnreadable } from './problems.ts';
import type { Peer } from './wording.ts';

export interface Trust {
  rejectUnauthorized: true;
  secureContext?: SecureContext;
}

/**
 * Whose certificates are believed: the usual authorities, and the server's private one if it has one. The
 * server's certificate and host name are always verified. Making it takes some 50 ms with a
 * private authority: keep it. Throws `….certificate-authority`, or `….host-not-allowed`: nothing is connected to without it.
 */
export function trustFor(server: Peer & { certificateAuthority: string | null }): Trust {
  assertAllowed(server);
  if (server.certificateAuthority === null) return { rejectUnauthorized: true };
  try {
    // Throws for what is no certificate; a secure context would pass over it in silence
    new X509Certificate(server.certificateAuthority);
    // `ca` replaces the usual authorities, so they are named again beside the private one
    const ca = [...getCACertificates('default'), server.certificateAuthority];
    return { secureContext: createSecureContext({ ca }), rejectUnauthorized: true };
  } catch (error) {
    throw authorityUnreadable(server, error);
  }
}
