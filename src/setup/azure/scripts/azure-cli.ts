import { shell } from '../../quoting.ts';
import type { Registration } from '../registration.ts';
import { type Needed, neededOf, type Script } from './script.ts';

/** Azure CLI, in bash: by `az rest`, so that it asks for what the automatic set-up asks for. */
export const azureCli: Script = {
  name: 'azure-cli',
  title: 'Azure CLI',
  fileName: 'letterbox-azure.sh',
  usage:
    'In a shell, or the Cloud Shell of the Azure portal: az login --allow-no-subscriptions, then bash letterbox-azure.sh',
  write: (registration, { graph }) =>
    [
      head(registration, graph),
      functions,
      application(registration),
      ...neededOf(registration).map(resource),
      required,
      principal(registration),
      credential(registration),
      ...neededOf(registration).map(consent),
      tail(registration),
    ].join('\n'),
};

function head({ displayName, notes, uniqueName, credentialName }: Registration, graph: string): string {
  return `#!/usr/bin/env bash
# Registers an app for Letterbox, and consents to what it needs. It may be run again: what is there is used.
set -euo pipefail

name=${shell(displayName)}
notes=${shell(notes)}
unique=${shell(uniqueName)}
credential=${shell(credentialName)}
api=${shell(`${graph}/v1.0`)}
tenant=$(az account show --query tenantId --output tsv)
`;
}

const functions = `# Tries again while what was just made is not known everywhere.
patiently() {
  local try
  for try in 1 2 3 4 5 6 7 8 9 10; do
    if "$@"; then return 0; fi
    echo "Waiting for Microsoft's directory ..." >&2
    sleep "$((try * 2))"
  done
  "$@"
}
get() { az rest --method get --url "$api/$1" --query "$2" --output tsv; }
# What is there already is as good as made.
send() {
  local said
  if said=$(az rest --method "$1" --url "$api/$2" --headers Content-Type=application/json Prefer=create-if-missing --body "$3" --output none 2>&1); then return 0; fi
  case $said in *'already exists'*) return 0 ;; esac
  printf '%s\\n' "$said" >&2
  return 1
}
json() { local text=\${1//\\\\/\\\\\\\\}; printf '"%s"' "\${text//\\"/\\\\\\"}"; }
`;

function application({ redirectUris, signInAudience }: Registration): string {
  const web = redirectUris.length > 0 ? `,"web":${JSON.stringify({ redirectUris })}` : '';
  const rest = `,"signInAudience":${JSON.stringify(signInAudience)}${web}}`;
  return `# App registration: made once, by its unique name.
send patch "applications(uniqueName='$unique')" "{\\"displayName\\":$(json "$name"),\\"notes\\":$(json "$notes")"${shell(rest)}
app=$(patiently get "applications(uniqueName='$unique')?\\$select=appId" appId)
object=$(patiently get "applications(uniqueName='$unique')?\\$select=id" id)
required=''
`;
}

function resource({ name, appId, scopes, roles }: Needed): string {
  const list = (values: string[]) => values.map(shell).join(' ');
  return `# What ${name} publishes of what is needed.
${name}=$(get "servicePrincipals(appId='${appId}')?\\$select=id" id)
${name}_access='' ${name}_scopes='' ${name}_roles=''
for value in ${list(scopes)}; do
  id=$(get "servicePrincipals(appId='${appId}')?\\$select=oauth2PermissionScopes" "oauth2PermissionScopes[?value=='$value'].id | [0]")
  if [ -n "$id" ]; then ${name}_access="$${name}_access,{\\"id\\":\\"$id\\",\\"type\\":\\"Scope\\"}" ${name}_scopes="$${name}_scopes $value"; fi
done
for value in ${list(roles)}; do
  id=$(get "servicePrincipals(appId='${appId}')?\\$select=appRoles" "appRoles[?value=='$value'].id | [0]")
  ${name}_access="$${name}_access,{\\"id\\":\\"$id\\",\\"type\\":\\"Role\\"}" ${name}_roles="$${name}_roles $id"
done
if [ -n "$${name}_access" ]; then
  required="$required,{\\"resourceAppId\\":\\"${appId}\\",\\"resourceAccess\\":[\${${name}_access#,}]}"
fi
`;
}

const required = `send patch "applications/$object" "{\\"requiredResourceAccess\\":[\${required#,}]}"
`;

function principal({ uniqueName }: Registration): string {
  const tags = JSON.stringify(['WindowsAzureActiveDirectoryIntegratedApp', uniqueName]);
  return `# Enterprise application.
sp=$(get "servicePrincipals(appId='$app')?\\$select=id" id 2>/dev/null || true)
if [ -z "$sp" ]; then
  patiently send post servicePrincipals "{\\"appId\\":\\"$app\\","${shell(`"tags":${tags}}`)}
  sp=$(patiently get "servicePrincipals(appId='$app')?\\$select=id" id)
fi
`;
}

function credential({ certificate }: Registration): string {
  if (certificate === null)
    return `# Client secret: shown once, at the end.
secret=$(az ad app credential reset --id "$app" --append --display-name "$credential" --years 1 --query password --output tsv)
`;
  return `# Certificate: the public part; its private key stays in Letterbox.
if [ -z "$(az ad app credential list --id "$app" --cert --query "[?displayName=='$credential'].keyId | [0]" --output tsv)" ]; then
  az ad app credential reset --id "$app" --append --display-name "$credential" --cert ${shell(certificate.key)} --output none
fi
`;
}

function consent({ name, scopes, roles }: Needed): string {
  return [
    ...(roles.length > 0 ? [roleConsent(name)] : []),
    ...(scopes.length > 0 ? [scopeConsent(name)] : []),
  ].join('\n');
}

function roleConsent(name: string): string {
  return `# Admin consent to application permissions.
for id in $${name}_roles; do
  if [ -z "$(get "servicePrincipals/$sp/appRoleAssignments" "value[?appRoleId=='$id'].id | [0]")" ]; then
    patiently send post "servicePrincipals/$${name}/appRoleAssignedTo" "{\\"principalId\\":\\"$sp\\",\\"resourceId\\":\\"$${name}\\",\\"appRoleId\\":\\"$id\\"}"
  fi
done
`;
}

function scopeConsent(name: string): string {
  const filter = `clientId eq '$sp' and consentType eq 'AllPrincipals'`;
  return `# Admin consent to delegated permissions, for everybody.
if [ -n "$${name}_scopes" ]; then
  grant=$(get "oauth2PermissionGrants?\\$filter=${filter}" "value[?resourceId=='$${name}'].id | [0]")
  if [ -z "$grant" ]; then
    patiently send post oauth2PermissionGrants "{\\"clientId\\":\\"$sp\\",\\"consentType\\":\\"AllPrincipals\\",\\"resourceId\\":\\"$${name}\\",\\"scope\\":\\"\${${name}_scopes# }\\"}"
  else
    present=$(get "oauth2PermissionGrants/$grant" scope)
    all=$(printf '%s\\n' $present $${name}_scopes | sort -u | paste -sd' ' -)
    send patch "oauth2PermissionGrants/$grant" "{\\"scope\\":\\"$all\\"}"
  fi
fi
`;
}

function tail({ certificate }: Registration): string {
  return `echo "Application (client) ID: $app"
echo "Directory (tenant) ID:   $tenant"
echo "Object ID of the Enterprise application: $sp"${certificate === null ? '\necho "Client secret (Value):   $secret"' : ''}
`;
}
