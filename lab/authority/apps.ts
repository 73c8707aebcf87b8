import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { resources } from './resources.ts';

/** Whom an app may sign in (`signInAudience`). */
export type Accounts = 'one-tenant' | 'many-tenants' | 'all' | 'personal';

/** Another issuer's token that an app takes as its own proof (Microsoft: workload identity federation). */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
}

/** An app registration. Tests change it as an administrator does in the portal. */
export interface LabApp {
  clientId: string;
  redirectUris: string[];
  accounts: Accounts;
  /** What the redirect URIs are registered as. */
  platform: 'web' | 'spa';
  /** As many as are there work at the same time. */
  secrets: string[];
  /** When secrets end, where anybody has said it. */
  secretEnds: Map<string, Date>;
  certificates: X509Certificate[];
  federated: FederatedCredential[];
  /** *Allow public client flows*: then it needs no credential, and must show none where it has none. */
  publicClient: boolean;
  /** Application permissions that are consented to. */
  roles: string[];
  /** App-only: the mailbox that its service principal may open. */
  upn: string | null;
  /** People of the tenant cannot consent themselves. */
  adminConsentRequired: boolean;
  adminConsented: boolean;
  /** Scopes that an administrator granted for everybody, by their full names; null where nobody keeps account of them. */
  grantedToAll: string[] | null;
  /** Whether the app has a service principal in the tenant (an *Enterprise application*). */
  hasPrincipal: boolean;
  /** *Enabled for users to sign in?* of the Enterprise application. */
  enabled: boolean;
  /** *Assignment required?*: then those who are assigned, people by address and apps by client ID. */
  assigned: Set<string> | null;
  /** Scopes that were consented to and are no longer, by their full names, until a person consents anew. */
  withdrawn: Set<string>;
  /** Codes that its next token requests are refused with: what was registered is not known everywhere at once. */
  notYetKnown: number[];
  /** What the provider knows it by, behind Entra's own ways of client authentication. */
  internalSecret: string;
  objectId: string;
}

export interface Registration {
  /** One of Microsoft's own; else a new one. */
  clientId?: string;
  redirectUris?: string[];
  /** Without people. */
  appOnly?: boolean;
  upn?: string;
  /** Application permissions; all there are when it is left out. */
  roles?: string[];
  clientSecret?: string;
  /** Public certificate, PEM. */
  certificate?: string;
  federated?: FederatedCredential;
  publicClient?: boolean;
  accounts?: Accounts;
  adminConsentRequired?: boolean;
}

export function createApp({
  clientId = randomUUID(),
  redirectUris = [],
  upn,
  roles = resources.flatMap((resource) => resource.roles),
  clientSecret = `lab~${randomBytes(24).toString('base64url')}`,
  certificate,
  federated,
  publicClient = false,
  accounts = 'one-tenant',
  adminConsentRequired = false,
}: Registration): LabApp {
  return {
    clientId,
    redirectUris,
    accounts,
    platform: 'web',
    secrets: publicClient ? [] : [clientSecret],
    secretEnds: new Map(),
    certificates: certificate === undefined ? [] : [new X509Certificate(certificate)],
    federated: federated ? [federated] : [],
    publicClient,
    roles,
    upn: upn ?? null,
    adminConsentRequired,
    adminConsented: false,
    grantedToAll: null,
    hasPrincipal: true,
    enabled: true,
    assigned: null,
    withdrawn: new Set(),
    notYetKnown: [],
    internalSecret: randomBytes(24).toString('base64url'),
    objectId: randomUUID(),
  };
}

/** Whether an administrator must consent before people can sign in with what is asked for. */
export function needsAdministrator(app: LabApp, scope: string): boolean {
  const { adminConsentRequired, adminConsented, grantedToAll } = app;
  if (!adminConsentRequired || adminConsented) return false;
  return grantedToAll === null || scope.split(' ').some((name) => !grantedToAll.includes(name));
}
