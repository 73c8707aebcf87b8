import type { Cloud, CredentialProfile } from '../model/credential-profile.ts';
import type { ConnectionSecurity, Protocol } from '../model/mail-server.ts';

/** Hosts of Exchange Online and Microsoft Graph by cloud (Microsoft: Office 365 URLs, Graph national cloud deployments). */
export const microsoftHosts: Record<Cloud, { mail: string; smtp: string; graph: string }> = {
  worldwide: { mail: 'outlook.office365.com', smtp: 'smtp.office365.com', graph: 'graph.microsoft.com' },
  'us-government-high': {
    mail: 'outlook.office365.us',
    smtp: 'smtp.office365.us',
    graph: 'graph.microsoft.us',
  },
  'us-government-dod': {
    mail: 'webmail.apps.mil',
    smtp: 'smtp.office365.us',
    graph: 'dod-graph.microsoft.us',
  },
  china: {
    mail: 'partner.outlook.cn',
    smtp: 'smtp.partner.outlook.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
  },
};

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
