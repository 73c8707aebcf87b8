import type { SignIn } from '../access/sign-in.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { CheckResult } from '../doctor/check.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { Delivery, DeliveryAttempt, Endpoint, NamedTarget } from '../model/delivery.ts';
import type {
  Instant,
  MailboxAudit,
  MailboxFigures,
  MailServerState,
  RestrictionProof,
} from '../model/mail-server.ts';
import type { Attachment, Message, Quarantined } from '../model/message.ts';
import type { Notice } from '../model/notice.ts';
import type { OutgoingMail } from '../model/outgoing.ts';
import type { ProblemJson } from '../model/problem.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { DestinationConfig } from '../resources/destination.ts';
import type { Guide } from '../resources/guide.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { NotificationSettings } from '../resources/notification-settings.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';
import type { Resource, ResourceRecord } from '../resources/resource.ts';
import type { Unreadable } from '../resources/stored.ts';
import type { Told } from '../setup/azure/apply.ts';
import type { Change } from '../setup/azure/change.ts';
import type { AzureSetup } from '../setup/azure/setup.ts';
import type { SetupStep } from '../setup/exchange-access.ts';
import type { StandingStep } from '../setup/guide/index.ts';
import type { DeliveryQuery } from '../store/deliveries.ts';
import type { Page } from '../store/page.ts';
import type { ConsentOutcome, MessageSummary } from '../store/store.ts';
import type { Managed } from './managed.ts';

/**
 * What an administrator can do, whichever way: the API (and through it the CLI) and the console only
 * pass on to this. Every method that takes `unknown` input validates all of it first and throws
 * `input.invalid` naming each wrong field, having changed nothing; ids that do not exist throw `not-found`.
 */
export interface Administration {
  /** Where browsers, providers and destinations reach this server; not set, it is known on this machine only. */
  address: { publicUrl: string; isSet: boolean };
  /** By path, all that an administrator sets up: what API, command line and console are made from. */
  resources: Managed<ResourceRecord>[];
  /**
   * A client secret or certificate that is replaced stays good beside the new one until it is refused or expires. A
   * profile that servers use is not removed.
   */
  profiles: Managed<CredentialProfile> & {
    /** Makes a new key and certificate; the public part is then to be given to the authority. */
    renewCertificate(id: string): Promise<CredentialProfile>;
    /** App-only grants: fetches a token now, so that a wrong secret shows at once. */
    authorize(id: string): Promise<CredentialProfile>;
  };
  consent: {
    /**
     * Whether the authority would take the request of a consent, asked without a person; false where it leaves that
     * open. Throws the Problem of what stands in the way: no answer, an unknown tenant, client or redirect URI.
     */
    check(profileId: string): Promise<boolean>;
    /** Begins RFC 6749 4.1 with PKCE for a profile; returns where to send the browser. */
    begin(profileId: string, browserSession: string): Promise<URL>;
    /**
     * Ends it, with the URL that the authority sent the browser to. Calling it again with the same URL is
     * harmless and gives the same answer. Throws the Problem to show; otherwise the connected profile.
     */
    complete(callback: URL, browserSession: string): Promise<CredentialProfile>;
    /** How the consent begun last for a profile stands, for whoever waits for it outside the browser. */
    latest(profileId: string): Promise<{ createdAt: Instant; outcome: ConsentOutcome | null } | null>;
    redirectUri: string;
  };
  /** Sign-in by a code that is entered elsewhere (RFC 8628). */
  deviceCode: {
    /** Gets a code; one that was under way for the profile is given up. */
    begin(profileId: string): Promise<DeviceSignIn>;
    /** How the one that was begun last stands, for whoever looks; null when there is none, as after a restart. */
    state(profileId: string): Promise<DeviceSignIn | null>;
    cancel(profileId: string): Promise<void>;
  };
  /** An administrator's consent for everybody in a tenant of Microsoft's: gives no tokens. */
  adminConsent: {
    /** Whether the authority would take the request, as of `consent`. */
    check(profileId: string): Promise<boolean>;
    /** Where to send the browser. */
    begin(profileId: string, browserSession: string): Promise<URL>;
    /**
     * Its answer, which the profile keeps, be it a refusal; harmless however often. Throws a Problem where it is the
     * answer to nothing that was asked.
     */
    complete(callback: URL, browserSession: string): Promise<CredentialProfile>;
    redirectUri: string;
  };
  /** An app registration in Azure, made with its consents by signing in once as an administrator; and undone again. */
  azureSetups: {
    /** What may be said of one. */
    resource: Resource;
    list(): Promise<AzureSetupWithProgress[]>;
    get(id: string): Promise<AzureSetupWithProgress>;
    /** Only says what is wanted: nothing is made before `make`. */
    begin(input: unknown): Promise<AzureSetupWithProgress>;
    /** Gets a code that an administrator enters at Microsoft; who had signed in before is forgotten. */
    signIn(id: string): Promise<AzureSetupWithProgress>;
    /** Forgets who has signed in, or gives up the code. */
    signOut(id: string): Promise<void>;
    /** What is still to be made, in order; reads only. Throws `azure.not-signed-in`. */
    plan(id: string): Promise<AzureChange[]>;
    /** Makes it, or follows what is being made already; it goes on whoever looks. */
    make(id: string): AsyncIterable<AzureProgress>;
    /** The same after the app was made by a script: `input` has what that printed. */
    enter(id: string, input: unknown): AsyncIterable<AzureProgress>;
    /** Ends what is under way, after the request that is. */
    stop(id: string): Promise<void>;
    /** Takes away exactly what was made, by the record of it, and in the end that record. */
    undo(id: string): AsyncIterable<AzureProgress>;
    /** Whether an undo has something to take away at Microsoft, for which somebody must sign in. */
    undoNeedsSignIn(id: string): Promise<boolean>;
    /** The same for other hands; empty for an app that is there already. */
    scripts(id: string): Promise<AzureScript[]>;
    /** What an Exchange administrator does besides, as PowerShell; empty where nothing is to be done. */
    exchange(id: string): Promise<SetupStep[]>;
    /** What it made stays. */
    forget(id: string): Promise<void>;
  };
  /** Read with its state. Its messages and their deliveries go with a server that is removed, unless they are kept. */
  servers: Omit<Managed<MailServer>, 'list' | 'all' | 'get'> & {
    list(): Promise<ServerWithState[]>;
    all(): Promise<{ records: ServerWithState[]; unreadable: Unreadable[] }>;
    get(id: string): Promise<ServerWithState>;
    pause(id: string): Promise<void>;
    resume(id: string): Promise<void>;
    /** Reads everything there is now, acts on the server as is owed, and ends. */
    syncOnce(
      id: string,
    ): Promise<{ stored: number; recognised: number; waiting: number; quarantined: number }>;
    /** What has become of the messages of the mailbox, and what the last audit found. */
    figures(id: string): Promise<MailboxFigures & { audit: MailboxAudit | null }>;
    /** Compares all that the mailbox lists with what is stored, now, and reads what is missing. */
    audit(id: string): Promise<MailboxFigures & { audit: MailboxAudit | null }>;
  };
  doctor: {
    /** *Test connection* of an incoming email server: each check as it ends, then what it all comes to. */
    server(id: string): AsyncIterable<CheckResult | { diagnosis: Diagnosis }>;
    /** Every incoming email server that is not paused, several at once: what each comes to. */
    all(): AsyncIterable<{ server: Pick<MailServer, 'id' | 'name'>; diagnosis: Diagnosis }>;
  };
  /** The way from nothing to the first mail, step by step; by the id of a guide, or of a server or profile, whose health it shows. */
  guide: {
    list(): Promise<Guide[]>;
    get(id: string): Promise<Guide>;
    /** Keeps what it is for, so that it can be left and resumed. */
    begin(input: unknown): Promise<Guide>;
    remove(id: string): Promise<void>;
    /** Every step with how it stands, by a look at each. */
    steps(id: string): Promise<StandingStep[]>;
    step(id: string, name: string): Promise<StandingStep>;
    /** The steps, without a look. */
    outline(id: string): Promise<{ name: string; title: string }[]>;
    /** What was made on the way. */
    made(id: string, made: { profileId?: string; serverId?: string }): Promise<void>;
  };
  /** Access to this one mailbox: how it is given at Microsoft, and proof that it reaches no other. */
  mailboxAccess: {
    /** The commands of Exchange Online PowerShell for an app-only profile; empty where nothing is to be done. */
    setup(serverId: string): Promise<SetupStep[]>;
    /** The latest proof; null when it was never tried. */
    restriction(serverId: string): Promise<RestrictionProof | null>;
    /** Tries another mailbox, `input.mailbox`, with this server's access; the outcome is kept with its date. */
    proveRestriction(serverId: string, input: unknown): Promise<RestrictionProof>;
  };
  /** Read with how its endpoint stands. */
  destinations: Omit<Managed<DestinationConfig>, 'create' | 'list' | 'all' | 'get'> & {
    list(): Promise<DestinationWithEndpoint[]>;
    all(): Promise<{ records: DestinationWithEndpoint[]; unreadable: Unreadable[] }>;
    get(id: string): Promise<DestinationWithEndpoint>;
    /** The signing secret is shown this once; null where the kind signs nothing. */
    create(input: unknown): Promise<DestinationConfig & { signingSecret: string | null }>;
    /** Where it leads to, in one word for lists. */
    targetOf(destination: DestinationConfig): string;
    /** Whether it signs what it sends, with a secret that can be replaced. */
    isSigned(destination: DestinationConfig): boolean;
    /** A new signing secret; the one before stays valid beside it for a day. */
    rotateSecret(id: string): Promise<{ signingSecret: string }>;
    /** *Switch on again*, after it answered 410 Gone: what waits for it goes. */
    switchOn(id: string): Promise<void>;
  };
  /** One that something sends through is not removed. */
  outgoingServers: Managed<OutgoingServer> & {
    /** *Test*: signs in and, where `input` names an address in `to`, sends it a mail; each step as it ends. */
    test(id: string, input: unknown): AsyncIterable<CheckResult>;
  };
  outgoing: {
    list(query: {
      serverId?: string;
      inReplyTo?: string;
      before?: string;
      limit?: number;
    }): Promise<Page<OutgoingMail>>;
    get(id: string): Promise<OutgoingMail>;
    raw(id: string): AsyncIterable<Uint8Array>;
    /** Composes a mail and puts it in the outbox; it is durable when this returns, and sent soon. */
    send(input: unknown): Promise<OutgoingMail>;
    /** The same as an answer to a stored message, in its thread. */
    reply(messageId: string, input: unknown): Promise<OutgoingMail>;
  };
  messages: {
    list(query: {
      serverId?: string;
      search?: string;
      before?: string;
      limit?: number;
    }): Promise<Page<MessageSummary>>;
    get(id: string): Promise<Message>;
    raw(id: string): AsyncIterable<Uint8Array>;
    /** Decoded bytes. */
    attachment(message: Message, attachment: Attachment): AsyncIterable<Uint8Array>;
    /** Whether the signature of a download URL that a destination was given is right and in time. */
    verifyDownload(url: URL): boolean;
  };
  deliveries: {
    list(query: Partial<DeliveryQuery>): Promise<Page<Delivery>>;
    get(id: string): Promise<Delivery>;
    /** Its latest attempts, the last one first. */
    attempts(id: string): Promise<DeliveryAttempt[]>;
    counts(): Promise<{ pending: number; delivered: number; dead: number }>;
    /** Everything that deliveries go to. */
    targets(): Promise<NamedTarget[]>;
    /** Makes dead or delivered ones again, under ids of their own, and tries pending ones at once; `destinationId` is that of a target. Returns how many. */
    replay(which: { ids: string[] } | { state: 'dead'; destinationId?: string }): Promise<number>;
  };
  quarantine: {
    list(): Promise<Quarantined[]>;
    /** *Process again*: the normal way, from the stored raw source or from the server. */
    process(id: string): Promise<void>;
    dismiss(id: string): Promise<void>;
  };
  graphNotifications: {
    /**
     * What Microsoft Graph told of a mailbox: a change notification collection. Notifications that do not name the
     * mailbox's secret are passed over in silence, and so are mailboxes that there are not.
     */
    receive(serverId: string, input: unknown): void;
  };
  signIn: SignIn;
  discovery: {
    /** Whether the configuration lets settings be looked for. */
    isOn: boolean;
    /**
     * Looks for the settings of the mailbox with an address, to be read by `protocol` where that is given. Nothing is
     * signed in to and nothing is changed. Throws `input.invalid`, and `discovery.off` or `discovery.busy`.
     */
    discover(address: unknown, protocol?: unknown): Promise<Discovery>;
  };
  /** What needs a person, most urgent first. */
  notices(): Promise<Notice[]>;
  /** Who is told of notices, and how. */
  notifications: Managed<NotificationSettings>;
}

export type DestinationWithEndpoint = DestinationConfig & { endpoint: Endpoint };

export type AzureSetupWithProgress = AzureSetup & {
  /** The code that is to be entered at Microsoft, and what became of it. */
  signIn: DeviceSignIn | null;
  /** Who has signed in, and until when that lasts. */
  administrator: { account: string; tenant: string; until: Instant } | null;
  underWay: 'making' | 'undoing' | null;
  /** Why the last one ended before its end. */
  problem: ProblemJson | null;
};

export type AzureChange = Pick<Change, 'kind' | 'title' | 'detail'>;
export type AzureProgress = Told;
export interface AzureScript {
  name: string;
  title: string;
  fileName: string;
  usage: string;
  text: string;
}

export type ServerWithState = MailServer & { state: MailServerState };

/** A code to be entered at an address, on any device. */
export interface DeviceSignIn {
  userCode: string;
  verificationUri: string;
  createdAt: Instant;
  expiresAt: Instant;
  /** Null while nobody has answered. */
  outcome: ConsentOutcome | null;
}
