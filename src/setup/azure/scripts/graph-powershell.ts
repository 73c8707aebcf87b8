import type { Cloud } from '../../../model/microsoft-hosts.ts';
import { powershell } from '../../quoting.ts';
import type { Registration } from '../registration.ts';
import { scopesFor } from '../sign-in.ts';
import { type Needed, neededOf, type Script, type ScriptContext } from './script.ts';

const environments: Record<Cloud, string> = {
  worldwide: 'Global',
  'us-government-high': 'USGov',
  'us-government-dod': 'USGovDoD',
  china: 'China',
};

/** Microsoft Graph PowerShell: by `Invoke-MgGraphRequest`, so that it asks for what the automatic set-up asks for. */
export const graphPowershell: Script = {
  name: 'graph-powershell',
  title: 'Microsoft Graph PowerShell',
  fileName: 'letterbox-azure.ps1',
  usage:
    'In PowerShell 7: Install-Module Microsoft.Graph.Authentication -Scope CurrentUser, then ./letterbox-azure.ps1',
  write: (registration, context) =>
    [
      head(registration, context),
      functions,
      application(registration),
      ...neededOf(registration).map(resource),
      principal(registration),
      credential(registration),
      ...neededOf(registration).map(consent),
      tail(registration),
    ].join('\n'),
};

function list(values: readonly string[]): string {
  return `@(${values.map(powershell).join(', ')})`;
}

function head({ permissions }: Registration, { cloud, tenant }: ScriptContext): string {
  const byItself = permissions.some(({ type }) => type === 'Role');
  const grant = byItself ? 'client_credentials' : 'authorization_code';
  const scopes = scopesFor({ grant }).filter((scope) => scope.includes('.'));
  return `# Registers an app for Letterbox, and consents to what it needs. It may be run again: what is there is used.
$ErrorActionPreference = 'Stop'
Connect-MgGraph -Environment ${environments[cloud]}${tenant === null ? '' : ` -TenantId ${powershell(tenant)}`} -NoWelcome -Scopes ${list(scopes)}
`;
}

const functions = `function Invoke-Patiently([scriptblock] $Work) {
  # Tries again while what was just made is not known everywhere
  for ($try = 1; $try -le 10; $try++) {
    try { return & $Work } catch {
      # What is there already is as good as made
      if ("$($_.ErrorDetails.Message) $_" -match 'already exists') { return }
      Write-Host 'Waiting for Microsoft''s directory ...'
      Start-Sleep -Seconds (2 * $try)
    }
  }
  return & $Work
}
function Get-Graph([string] $Path) { Invoke-MgGraphRequest -Method GET -Uri "v1.0/$Path" }
function Send-Graph([string] $Method, [string] $Path, $Body) {
  Invoke-MgGraphRequest -Method $Method -Uri "v1.0/$Path" -Headers @{ Prefer = 'create-if-missing' } -ContentType 'application/json' -Body (ConvertTo-Json $Body -Depth 10)
}
`;

function application(registration: Registration): string {
  const { displayName, notes, uniqueName, signInAudience, redirectUris } = registration;
  const web = redirectUris.length > 0 ? `; web = @{ redirectUris = ${list(redirectUris)} }` : '';
  return `# App registration: made once, by its unique name
$unique = ${powershell(uniqueName)}
Send-Graph PATCH "applications(uniqueName='$unique')" @{ displayName = ${powershell(displayName)}; notes = ${powershell(notes)}; signInAudience = ${powershell(signInAudience)}${web} } | Out-Null
$app = Invoke-Patiently { Get-Graph "applications(uniqueName='$unique')?\`$select=id,appId" }
$required = @()
`;
}

function resource({ name, appId, scopes, roles }: Needed): string {
  return `# What ${name} publishes of what is needed
$${name} = Get-Graph "servicePrincipals(appId='${appId}')?\`$select=id,appRoles,oauth2PermissionScopes"
$${name}Scopes = @($${name}.oauth2PermissionScopes | Where-Object { $_.value -in ${list(scopes)} })
$${name}Roles = @($${name}.appRoles | Where-Object { $_.value -in ${list(roles)} })
$access = @($${name}Scopes | ForEach-Object { @{ id = $_.id; type = 'Scope' } }) + @($${name}Roles | ForEach-Object { @{ id = $_.id; type = 'Role' } })
if ($access.Count -gt 0) { $required += @{ resourceAppId = '${appId}'; resourceAccess = $access } }
`;
}

function principal({ uniqueName }: Registration): string {
  const tags = list(['WindowsAzureActiveDirectoryIntegratedApp', uniqueName]);
  return `Send-Graph PATCH "applications/$($app.id)" @{ requiredResourceAccess = $required } | Out-Null

# Enterprise application
try { $sp = Get-Graph "servicePrincipals(appId='$($app.appId)')?\`$select=id" } catch { $sp = $null }
if (-not $sp) {
  Invoke-Patiently { Send-Graph POST 'servicePrincipals' @{ appId = $app.appId; tags = ${tags} } } | Out-Null
  $sp = Invoke-Patiently { Get-Graph "servicePrincipals(appId='$($app.appId)')?\`$select=id" }
}
`;
}

function credential({ certificate, credentialName }: Registration): string {
  const displayName = powershell(credentialName);
  if (certificate === null)
    return `# Client secret: shown once, at the end
$secret = Send-Graph POST "applications/$($app.id)/addPassword" @{ passwordCredential = @{ displayName = ${displayName}; endDateTime = (Get-Date).ToUniversalTime().AddYears(1).ToString('o') } }
`;
  return `# Certificate: the public part; its private key stays in Letterbox
$key = ${powershell(certificate.key)}
$present = @((Invoke-Patiently { Get-Graph "applications/$($app.id)?\`$select=keyCredentials" }).keyCredentials)
if (-not ($present | Where-Object { $_.displayName -eq ${displayName} })) {
  $keys = $present + @(@{ type = 'AsymmetricX509Cert'; usage = 'Verify'; key = $key; displayName = ${displayName} })
  Invoke-Patiently { Send-Graph PATCH "applications/$($app.id)" @{ keyCredentials = $keys } } | Out-Null
}
`;
}

function consent({ name, scopes, roles }: Needed): string {
  const parts = [
    ...(roles.length > 0 ? [roleConsent(name)] : []),
    ...(scopes.length > 0 ? [scopeConsent(name)] : []),
  ];
  return parts.join('\n');
}

function roleConsent(name: string): string {
  return `# Admin consent to application permissions
$assigned = (Invoke-Patiently { Get-Graph "servicePrincipals/$($sp.id)/appRoleAssignments" }).value
foreach ($role in $${name}Roles) {
  if (-not ($assigned | Where-Object { $_.appRoleId -eq $role.id })) {
    Invoke-Patiently { Send-Graph POST "servicePrincipals/$($${name}.id)/appRoleAssignedTo" @{ principalId = $sp.id; resourceId = $${name}.id; appRoleId = $role.id } } | Out-Null
  }
}
`;
}

function scopeConsent(name: string): string {
  return `# Admin consent to delegated permissions, for everybody
if ($${name}Scopes.Count -gt 0) {
  $grant = (Get-Graph "oauth2PermissionGrants?\`$filter=clientId eq '$($sp.id)' and consentType eq 'AllPrincipals'").value | Where-Object { $_.resourceId -eq $${name}.id } | Select-Object -First 1
  if ($grant) {
    $all = @(($grant.scope -split ' ') + $${name}Scopes.value | Where-Object { $_ } | Select-Object -Unique) -join ' '
    Send-Graph PATCH "oauth2PermissionGrants/$($grant.id)" @{ scope = $all } | Out-Null
  } else {
    Invoke-Patiently { Send-Graph POST 'oauth2PermissionGrants' @{ clientId = $sp.id; consentType = 'AllPrincipals'; resourceId = $${name}.id; scope = ($${name}Scopes.value -join ' ') } } | Out-Null
  }
}
`;
}

function tail({ certificate }: Registration): string {
  return `"Application (client) ID: $($app.appId)"
"Directory (tenant) ID:   $((Get-MgContext).TenantId)"
"Object ID of the Enterprise application: $($sp.id)"${certificate === null ? '\n"Client secret (Value):   $($secret.secretText)"' : ''}
Disconnect-MgGraph | Out-Null
`;
}
