import type { Cloud } from '../../model/microsoft-hosts.ts';
import type { Kind } from '../resource.ts';
import type { CredentialProfile } from './record.ts';

/** Who gives grants; an OAuth 2.0 authority with what else is known of it. */
export interface Provider extends Kind {
  /** Where mailboxes of a profile are, by use; null where the administrator must say. */
  hostFor(profile: CredentialProfile, use: string): string | null;
  /** Whether tokens of a profile may be shown to a host, in lower case; left out where nobody knows better than the administrator. */
  takesTokensTo?(profile: CredentialProfile, host: string): boolean;
  /** What tells from outside that mailboxes are there; left out where nothing does. */
  signs?: MailSigns;
}

/** By what the provider of a domain's mail is known. Names of hosts are in lower case. */
export interface MailSigns {
  /** Hosts that take in mail for a domain: where its MX records lead. The first that fits decides. */
  mx: readonly HostSign[];
  /** Where `autodiscover.` and the domain leads by CNAME. */
  autodiscover: readonly HostSign[];
  /** Servers that mail is read and sent at. */
  mailHosts: RegExp;
  /** Who gives the tokens, as autoconfig files name it. */
  issuers: readonly string[];
}

export interface HostSign {
  /** The host, or all below it. */
  host: string;
  /** What the mailboxes there are called. */
  service: string;
  /** What a profile for them says, as far as the host tells it. */
  profile: { cloud?: Cloud; tenant?: string };
}
