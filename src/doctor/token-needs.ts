import type { Cause } from '../model/entry.ts';
import { cloudNames } from '../oauth/authorities/microsoft/clouds.ts';
import { permissionsOf } from '../oauth/authorities/microsoft/permissions.ts';
import { noRole, noScope, otherResource, otherTenant as tenantCause } from '../sources/access-causes.ts';
import type { Examination } from './examination.ts';
import type { TokenClaims } from './token-claims.ts';

/** What tokens of Microsoft's need for a protocol, by what they say of themselves. */

/** Exchange Online and Graph go by the ids of their applications as well (Microsoft: first-party application IDs). */
const applicationIds = {
  exchange: '00000002-0000-0ff1-ce00-000000000000',
  graph: '00000003-0000-0000-c000-000000000000',
};

/** Whether the token is for the resource that reads the mailbox; null where nobody can tell. */
export function isForResource({ subject }: Examination, { audience }: TokenClaims): boolean | null {
  const { server, profile } = subject;
  if (profile.provider !== 'microsoft' || audience === null) return null;
  const { of } = permissionsOf(server.protocol);
  const names = cloudNames[profile.cloud];
  const known =
    of === 'graph'
      ? [names.graph, applicationIds.graph]
      : [names.outlook, names.exchange, applicationIds.exchange];
  return known.some((name) => audience === name || audience === `${name}/`);
}

/** The delegated permissions that are missing: none where one of the usual is there; null where nobody can tell. */
export function missingScope({ subject }: Examination, { scopes, appOnly }: TokenClaims): string | null {
  const { server, profile } = subject;
  if (profile.provider !== 'microsoft' || appOnly) return null;
  const { of, delegated } = permissionsOf(server.protocol);
  const shared = of === 'graph' && server.shared;
  const wanted = delegated.filter((name) => name.endsWith('.Shared') === shared);
  // To read is less than to read and write
  const will = wanted.flatMap((name) => [name, name.replace('ReadWrite', 'Read')]);
  const has = scopes.some((scope) => will.some((name) => scope === name || scope.endsWith(`/${name}`)));
  return has ? null : (wanted[0] ?? null);
}

/** The application permission that is missing from its roles; null where it is there, or nobody can tell. */
export function missingRole({ subject }: Examination, { roles, appOnly }: TokenClaims): string | null {
  const { server, profile } = subject;
  if (profile.provider !== 'microsoft' || !appOnly) return null;
  const { application } = permissionsOf(server.protocol);
  // To read is less than to read and write
  const will = application.flatMap((name) => [name, name.replace('ReadWrite', 'Read')]);
  return will.some((name) => roles.includes(name)) ? null : (application[0] ?? null);
}

/** The tenant that the token is of, where the profile names another. */
export function otherTenant({ subject }: Examination, { tenant }: TokenClaims): string | null {
  const named = subject.profile.tenant?.toLowerCase() ?? null;
  const isId = named !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(named);
  return isId && tenant !== null && tenant.toLowerCase() !== named ? tenant : null;
}

/** What is in the token and not as it should be, by the names of its causes; the first stands in the way of the others. */
export function faultsOf(examination: Examination, claims: TokenClaims): Cause[] {
  return [
    ...(isForResource(examination, claims) === false ? [otherResource] : []),
    ...(otherTenant(examination, claims) === null ? [] : [tenantCause]),
    ...(missingScope(examination, claims) === null ? [] : [noScope]),
    ...(missingRole(examination, claims) === null ? [] : [noRole]),
  ];
}
