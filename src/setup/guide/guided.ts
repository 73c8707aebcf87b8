import type { Diagnosis } from '../../doctor/diagnosis.ts';
import type { TokenClaims } from '../../doctor/token-claims.ts';
import type { RestrictionProof } from '../../model/mail-server.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { Guide } from '../../resources/guide.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { SetupStep } from '../exchange-access.ts';

/** How this server of Letterbox’s is reached, as far as it can see itself. */
export interface OwnAddress {
  publicUrl: string;
  /** Set in the configuration, and not only assumed. */
  isSet: boolean;
  redirectUri: string;
  adminRedirectUri: string;
}

/** What can be looked at; each look is made when somebody asks, and throws the Problem of what it could not see. */
export interface Eyes {
  /** Whether a host answers with TLS at a port: what was seen, in words. */
  host(host: string, port: number, signal: AbortSignal): Promise<string>;
  /** Whether the public URL leads to this very server, by HTTPS with a certificate that is believed; its certificate in words. */
  ownAddress(signal: AbortSignal): Promise<string>;
  /** Whether the app takes our redirect URI; null where nobody can tell. */
  isRegistered(profile: CredentialProfile): Promise<boolean | null>;
  /** What a token says that the authority gives now; null where it is opaque. */
  token(profile: CredentialProfile, signal: AbortSignal): Promise<TokenClaims | null>;
  diagnosis(server: MailServer): Promise<Diagnosis>;
  folders(server: MailServer): Promise<readonly string[]>;
  proof(server: MailServer): Promise<RestrictionProof | null>;
  /** Names of the destinations that take its mail. */
  destinations(server: MailServer): Promise<readonly string[]>;
  messages(server: MailServer): Promise<number>;
}

/** A guide with what has been made on its way. */
export interface Guided {
  guide: Guide;
  profile: CredentialProfile | null;
  server: MailServer | null;
  own: OwnAddress;
  /** Hosts that this way needs, with their ports. */
  hosts: readonly { host: string; port: number; what: string }[];
  /** Exchange’s commands for this app and mailbox; empty where there is nothing to be done. */
  exchange: readonly SetupStep[];
  eyes: Eyes;
}
