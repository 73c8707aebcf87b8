import type { CredentialProfile } from '../model/credential-profile.ts';
import type { ConnectionSecurity, Protocol } from '../model/mail-server.ts';
import { microsoftHosts } from '../model/microsoft-hosts.ts';

const googleHosts: Partial<Record<Protocol, string>> = { imap: 'imap.gmail.com', pop3: 'pop.gmail.com' };

/** Where a profile's mailboxes are, as far as its provider tells; null where the administrator must. */
export function defaultHost(
  { provider, cloud }: Pick<CredentialProfile, 'provider' | 'cloud'>,
  protocol: Protocol,
): string | null {
  if (provider === 'google') return googleHosts[protocol] ?? null;
  if (provider !== 'microsoft') return null;
  return protocol === 'graph' ? microsoftHosts[cloud].graph : microsoftHosts[cloud].mail;
}

/** IANA: by protocol, with TLS from the first byte and with STARTTLS. */
export function defaultPort(protocol: Protocol, security: ConnectionSecurity): number {
  const ports: Record<Protocol, Record<ConnectionSecurity, number>> = {
    imap: { tls: 993, starttls: 143 },
    pop3: { tls: 995, starttls: 110 },
    graph: { tls: 443, starttls: 443 },
    ews: { tls: 443, starttls: 443 },
  };
  return ports[protocol][security];
}
