import type { FieldProblem } from '../../../model/problem.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { addressContradictions } from '../../address-contradictions.ts';
import type { ProfileSecrets } from '../../provider.ts';
import { cloudNames } from './clouds.ts';
import { scopesBesideUses } from './scopes.ts';
import { directoryNamed, isGuid, isTenant, manyTenants, urlContradictions } from './urls.ts';

/** What Entra would refuse, far from the cause; told while the administrator still looks at the form. */
export function microsoftContradictions(
  fields: CredentialProfile,
  { clientSecret }: ProfileSecrets,
): FieldProblem[] {
  const expectedTenant =
    'the tenant ID (a GUID) or a verified domain; or both URLs, as under Endpoints in Azure';
  const found = [
    ...addressContradictions(fields, 'tenant', expectedTenant),
    ...urlContradictions(fields),
    ...tenantContradictions(fields),
    ...scopeContradictions(fields),
  ];
  if (fields.issuer !== null)
    found.push({
      field: 'issuer',
      expected: 'nothing; Microsoft’s issuer follows from the tenant',
      given: fields.issuer,
    });
  if (fields.clientId !== '' && !isGuid(fields.clientId))
    found.push({
      field: 'clientId',
      expected: 'the Application (client) ID, a GUID',
      given: fields.clientId,
    });
  if (clientSecret?.given !== undefined && isGuid(clientSecret.given.trim()))
    found.push({
      field: 'clientSecret',
      expected:
        'the secret’s Value; this is its Secret ID (in Azure both stand side by side under Certificates & secrets)',
    });
  return found;
}

function tenantContradictions({ tenant, tokenUrl, grant }: CredentialProfile): FieldProblem[] {
  if (tenant !== null && !isTenant(tenant))
    return [
      {
        field: 'tenant',
        expected: 'a tenant ID (a GUID) or a verified domain such as contoso.com',
        given: tenant,
      },
    ];
  const named = (tenant ?? directoryNamed(tokenUrl) ?? '').toLowerCase();
  if (grant !== 'client_credentials' || !manyTenants.includes(named)) return [];
  return [
    {
      field: tenant === null ? 'tokenUrl' : 'tenant',
      expected: 'one tenant; an app by itself cannot use many',
      given: tenant ?? tokenUrl ?? '',
    },
  ];
}

/** Each token is for one resource; scopes of the profile's own must name those that its uses need, and no other. */
function scopeContradictions({ grant, scopes, uses, cloud }: CredentialProfile): FieldProblem[] {
  if (scopes.length === 0) return [];
  const { missing, needless } = scopesBesideUses(scopes, uses, cloudNames[cloud]);
  const given = scopes.join(' ');
  if (needless.length > 0)
    return [
      {
        field: 'scopes',
        expected: `scopes for ${uses.join(', ')} only; a token is for one resource`,
        given: needless.join(' and '),
      },
    ];
  if (missing.length > 0)
    return [{ field: 'scopes', expected: `scopes for ${missing.join(', ')} as well, or none at all`, given }];
  if (grant === 'client_credentials')
    return scopes.every((scope) => scope.endsWith('/.default'))
      ? []
      : [
          {
            field: 'scopes',
            expected: 'scopes that end in /.default, as the app’s permissions are consented to in Azure',
            given,
          },
        ];
  // It would be noticed at Connect, or worse, an hour later.
  return scopes.includes('offline_access')
    ? []
    : [
        {
          field: 'scopes',
          expected: 'offline_access among them; without it the consent ends within the hour',
          given,
        },
      ];
}
