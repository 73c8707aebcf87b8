import type { TokenClaims } from '../../doctor/token-claims.ts';
import { permissionsOf } from '../../oauth/authorities/microsoft/permissions.ts';
import type { Guide } from '../../resources/guide.ts';

/** The permissions that a way needs at Microsoft, where they are found in Azure, and which of them a token lacks. */
export function missingPermissions(
  { protocol, grant, shared }: Pick<Guide, 'protocol' | 'grant' | 'shared'>,
  claims: TokenClaims | null,
): { api: string; kind: string; names: string[]; missing: string[] } {
  const { of, delegated, application } = permissionsOf(protocol);
  const isAppOnly = grant === 'client_credentials';
  // The delegated ones of Outlook are listed under Microsoft Graph in the portal
  const api =
    isAppOnly && of !== 'graph'
      ? 'APIs my organization uses > Office 365 Exchange Online'
      : 'Microsoft Graph';
  const names = isAppOnly
    ? [...application]
    : delegated.filter((name) => shared || !name.endsWith('.Shared'));
  const has = claims ? [...claims.scopes, ...claims.roles] : [];
  const covers = (name: string) =>
    has.some((one) =>
      [name, name.replace('ReadWrite', 'Read')].some((will) => one === will || one.endsWith(`/${will}`)),
    );
  return {
    api,
    kind: isAppOnly ? 'Application permissions' : 'Delegated permissions',
    names,
    missing: claims ? names.filter((name) => !covers(name)) : [],
  };
}
