import { type CloudNames, cloudNames } from '../../oauth/authorities/microsoft/clouds.ts';
import { identityScopes, permissionsOf } from '../../oauth/authorities/microsoft/permissions.ts';
import type { AzureSetup } from './setup.ts';

/** Microsoft's resources by the application IDs that they have in every tenant, and as Azure calls them. */
export const resourceApps = {
  exchange: { appId: '00000002-0000-0ff1-ce00-000000000000', title: 'Office 365 Exchange Online' },
  graph: { appId: '00000003-0000-0000-c000-000000000000', title: 'Microsoft Graph' },
} as const;

export type ResourceName = keyof typeof resourceApps;

/** A permission that the app needs. */
export interface WantedPermission {
  /** Azure's words: a delegated permission, or an application permission. */
  type: 'Scope' | 'Role';
  value: string;
  /** Where it may be published. Its tokens are the first one's. */
  resources: ResourceName[];
}

/** What is wanted in the directory: pure data, from which plan and scripts are made. */
export interface Registration {
  /** A name that the client chooses, by which the app is found again, made once (Microsoft: Upsert application). */
  uniqueName: string;
  /** Of an app that is there already; null for a new one. */
  clientId: string | null;
  displayName: string;
  notes: string;
  /** One organisation: whoever else may sign in is not needed for its mailboxes. */
  signInAudience: 'AzureADMyOrg';
  /** Platform Web. */
  redirectUris: string[];
  permissions: WantedPermission[];
  clientAuthentication: AzureSetup['clientAuthentication'];
  /** What secret and certificate are called in Azure: they are known by it as this set-up's. */
  credentialName: string;
  /** Public part of the certificate, DER in base64, and its end; null with a client secret. */
  certificate: { key: string; expiresAt: string } | null;
}

/** `publicUrl`: of this Letterbox, where browsers are sent back to. */
export function registrationOf(
  setup: Pick<
    AzureSetup,
    'id' | 'name' | 'clientId' | 'grant' | 'uses' | 'clientAuthentication' | 'certificate'
  >,
  publicUrl: string,
): Registration {
  const byPerson = setup.grant === 'authorization_code';
  return {
    uniqueName: `letterbox-${setup.id}`,
    clientId: setup.clientId,
    displayName: setup.name,
    notes: `Made by Letterbox at ${publicUrl}, set-up ${setup.id}.`,
    signInAudience: 'AzureADMyOrg',
    redirectUris: byPerson ? [`${publicUrl}/oauth/callback`, `${publicUrl}/oauth/admin-consent`] : [],
    permissions: wantedPermissions(setup.uses, byPerson),
    clientAuthentication: setup.clientAuthentication,
    credentialName: `Letterbox ${setup.id}`,
    certificate: setup.certificate && {
      key: setup.certificate.pem.replace(/-----[^-]+-----|\s/g, ''),
      expiresAt: setup.certificate.expiresAt,
    },
  };
}

function wantedPermissions(uses: readonly string[], byPerson: boolean): WantedPermission[] {
  const all = uses.map(permissionsOf).flatMap(({ of, delegated, application }) =>
    (byPerson ? delegated : application).map(
      (value): WantedPermission => ({
        type: byPerson ? 'Scope' : 'Role',
        value,
        resources: resourcesFor(of, byPerson),
      }),
    ),
  );
  const identity = identityScopes.map(
    (value): WantedPermission => ({ type: 'Scope', value, resources: ['graph'] }),
  );
  return uniqueBy([...all, ...(byPerson ? identity : [])], ({ value, resources }) => `${value} ${resources}`);
}

/**
 * The portal lists delegated permissions for IMAP, POP and SMTP under Microsoft Graph, while the tokens are Exchange
 * Online's. Which of the two consents counts is not documented, so it is given at each that publishes them.
 */
function resourcesFor(of: keyof CloudNames, byPerson: boolean): ResourceName[] {
  if (of === 'graph') return ['graph'];
  return of === 'outlook' && byPerson ? ['exchange', 'graph'] : ['exchange'];
}

export function uniqueBy<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

/** Where people sign in, and where Graph is. */
export function endpointsOf({
  cloud,
  loginUrl,
  graphUrl,
}: Pick<AzureSetup, 'cloud' | 'loginUrl' | 'graphUrl'>): {
  login: string;
  graph: string;
} {
  const { login, graph } = cloudNames[cloud];
  return loginUrl === null || graphUrl === null
    ? { login, graph }
    : { login: new URL(loginUrl).origin, graph: new URL(graphUrl).origin };
}
