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
  /** As many as are there work at the same time. */
  secrets: string[];
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
  /** What the provider knows it by, behind Entra's own ways of client authentication. */
  internalSecret: string;
  objectId: string;
}

export interface Registration {
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
    clientId: randomUUID(),
    redirectUris,
    accounts,
    secrets: publicClient ? [] : [clientSecret],
    certificates: certificate === undefined ? [] : [new X509Certificate(certificate)],
    federated: federated ? [federated] : [],
    publicClient,
    roles,
    upn: upn ?? null,
    adminConsentRequired,
    adminConsented: false,
    internalSecret: randomBytes(24).toString('base64url'),
    objectId: randomUUID(),
  };
}
