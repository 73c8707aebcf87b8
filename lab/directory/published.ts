import { X509Certificate } from 'node:crypto';
import { createApp, type LabApp } from '../authority/apps.ts';
import type { LabAuthority } from '../authority/index.ts';
import { identifiersOf } from './resource-apps.ts';
import type { Application, World } from './world.ts';

const accounts: Record<string, LabApp['accounts']> = {
  AzureADMyOrg: 'one-tenant',
  AzureADMultipleOrgs: 'many-tenants',
  AzureADandPersonalMicrosoftAccount: 'all',
  PersonalMicrosoftAccount: 'personal',
};

/**
 * Joins the directory to the authority: an app that is registered here can get tokens there, with the secrets and
 * certificates that it was given and the permissions that were consented to. People of this tenant cannot consent by
 * themselves.
 */
export function publishTo(authority: Pick<LabAuthority, 'put' | 'forget'>, world: () => World) {
  const apps = new Map<string, LabApp>();
  return {
    appOf: (appId: string) => apps.get(appId),
    published(appId: string): void {
      const present = world().applications.find((one) => one.appId === appId);
      if (!present) {
        apps.delete(appId);
        authority.forget(appId);
        return;
      }
      const app = apps.get(appId) ?? createApp({ clientId: appId, adminConsentRequired: true });
      apps.set(appId, Object.assign(app, asRegistered(world(), present)));
      app.notYetKnown = [...world().faults.notYetKnown];
      authority.put(app);
    },
  };
}

function asRegistered(world: World, application: Application): Partial<LabApp> {
  const now = new Date().toISOString();
  const principal = world.servicePrincipals.find(({ appId }) => appId === application.appId);
  return {
    redirectUris: application.web.redirectUris,
    accounts: accounts[application.signInAudience] ?? 'one-tenant',
    secrets: application.passwordCredentials
      .filter(({ endDateTime }) => endDateTime > now)
      .map(({ secretText }) => secretText),
    certificates: application.keyCredentials.map(
      ({ key }) => new X509Certificate(Buffer.from(key, 'base64')),
    ),
    hasPrincipal: principal !== undefined,
    ...(principal && { objectId: principal.id }),
    roles: rolesOf(world, principal?.id),
    grantedToAll: grantsOf(world, principal?.id),
  };
}

function rolesOf(world: World, principalId: string | undefined): string[] {
  return world.assignments
    .all()
    .filter((one) => one.principalId === principalId)
    .flatMap(({ resourceId, appRoleId }) => {
      const resource = world.servicePrincipals.find(({ id }) => id === resourceId);
      return resource?.appRoles.filter(({ id }) => id === appRoleId).map(({ value }) => value) ?? [];
    });
}

/** Names as scopes are asked for by; those of OpenID Connect have no resource. */
function grantsOf(world: World, clientId: string | undefined): string[] {
  const granted = world.grants
    .all()
    .filter((one) => one.clientId === clientId && one.consentType === 'AllPrincipals')
    .flatMap(({ resourceId, scope }) => {
      const resource = world.servicePrincipals.find(({ id }) => id === resourceId);
      // Exchange Online's are consented to wherever the portal lists them
      const identifiers = Object.values(identifiersOf).flat();
      const own = identifiersOf[resource?.appId ?? ''] ?? [];
      return scope.split(' ').flatMap((name) => {
        const at = /^(IMAP|POP|SMTP)\./.test(name) ? identifiers : own;
        return [name, ...at.map((identifier) => `${identifier}/${name}`)];
      });
    });
  return [...new Set(granted)];
}
