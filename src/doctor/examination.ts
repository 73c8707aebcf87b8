import type { Values } from '../model/entry.ts';
import { type RestrictionProof, userOf } from '../model/mail-server.ts';
import { Problem } from '../model/problem.ts';
import type { AccessToken } from '../model/token.ts';
import { isNamed } from '../resources/account-match.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import { valuesOf } from '../sources/sign-in-problems.ts';
import type { Inspection, MailSource } from '../sources/source.ts';
import { readClaims, type TokenClaims } from './token-claims.ts';

/** What is known of an incoming email server before anything is tried. */
export interface Subject {
  server: MailServer;
  profile: CredentialProfile;
  /** Its mailbox; closed by whoever opened it. */
  source: MailSource;
  /** Opens another mailbox there, with the access of the same profile. */
  open(server: MailServer): MailSource;
  /** A token that the authority gives now. */
  freshToken(signal: AbortSignal): Promise<AccessToken>;
  /** Where tokens are had from; null for a password. */
  tokenUrl: URL | null;
  /** Other servers that use the same profile and protocol, and are read without trouble. */
  working: readonly MailServer[];
  /** The latest attempt to open another mailbox. */
  proof: RestrictionProof | null;
  /** What takes its mail: what went wrong there last, and a look whether it could be delivered to now. */
  destinations: readonly {
    name: string;
    trouble: Problem | null;
    reach(signal: AbortSignal): Promise<string>;
  }[];
}

/** An examination under way: what was found, and further looks that are had only when something depends on them. */
export class Examination {
  readonly subject: Subject;
  readonly signal: AbortSignal;
  token: AccessToken | null = null;
  inspection: Inspection | null = null;
  /** What is wrong with the folders, found while signing in went well. */
  folderProblem: Problem | null = null;
  /** By how much this machine's clock is ahead of the authority's, in milliseconds. */
  clockAheadMs: number | null = null;
  #ownMailbox: Promise<'opens' | 'refused' | 'unclear'> | null = null;

  constructor(subject: Subject, signal: AbortSignal) {
    this.subject = subject;
    this.signal = signal;
  }

  /** What the token says of itself; null where there is none, or one that only its resource can read. */
  get claims(): TokenClaims | null {
    return this.token && !this.token.isPassword ? readClaims(this.token.token) : null;
  }

  get isAppOnly(): boolean {
    return this.claims?.appOnly ?? this.subject.profile.grant === 'client_credentials';
  }

  /** Who consented, as far as anybody says; null app-only. */
  get account(): string | null {
    return this.isAppOnly ? null : (this.claims?.account ?? this.subject.profile.account?.username ?? null);
  }

  /** What texts may name of all this. */
  get values(): Values {
    const { server, profile } = this.subject;
    return {
      ...valuesOf(server),
      profile: profile.name,
      account: this.account,
      clientId: profile.clientId || this.claims?.clientId,
      objectId: this.isAppOnly ? this.claims?.objectId : null,
      tenant: this.claims?.tenant ?? profile.tenant,
    };
  }

  /** Whether whoever consented is called as the mailbox is; null where nobody can tell. */
  get isOwnAccount(): boolean | null {
    const { account, subject } = this;
    if (account === null || !account.includes('@')) return null;
    const { server, profile } = subject;
    const known = profile.account ?? { username: account, name: null, subject: '', tenant: null };
    return [server.address, userOf(server)].some(
      (name) => isNamed(known, name) || name.toLowerCase() === account.toLowerCase(),
    );
  }

  /** Whether whoever consented can open the mailbox of their own by the same protocol and token. */
  ownMailbox(): Promise<'opens' | 'refused' | 'unclear'> {
    this.#ownMailbox ??= this.#openOwnMailbox();
    return this.#ownMailbox;
  }

  async #openOwnMailbox(): Promise<'opens' | 'refused' | 'unclear'> {
    const { account, subject } = this;
    if (account === null || !account.includes('@') || this.isOwnAccount === true) return 'unclear';
    const own = { ...subject.server, address: account, username: null, shared: false, folders: ['INBOX'] };
    const source = subject.open({ ...own, afterIntake: { action: 'leave' } });
    try {
      await source.inspect(this.signal);
      return 'opens';
    } catch (error) {
      const { kind } = Problem.from(error);
      return kind === 'denied' || kind === 'sign-in' || kind === 'mailbox' ? 'refused' : 'unclear';
    } finally {
      await source.close();
    }
  }
}
