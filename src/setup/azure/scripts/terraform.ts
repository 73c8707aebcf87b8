import type { Cloud } from '../../../model/microsoft-hosts.ts';
import { hcl } from '../../quoting.ts';
import type { Registration } from '../registration.ts';
import { type Needed, neededOf, type Script, type ScriptContext } from './script.ts';

const environments: Record<Cloud, string> = {
  worldwide: 'global',
  'us-government-high': 'usgovernmentl4',
  'us-government-dod': 'usgovernmentl5',
  china: 'china',
};

/** Terraform with HashiCorp's provider azuread. */
export const terraform: Script = {
  name: 'terraform',
  title: 'Terraform (azuread)',
  fileName: 'letterbox-azure.tf',
  usage: 'In a folder of its own: terraform init, then terraform apply',
  write: (registration, context) => {
    const needed = neededOf(registration);
    return [
      provider(context),
      ...needed.map(resource),
      application(registration, needed),
      principal,
      credential(registration),
      ...needed.flatMap(consents),
      outputs(registration),
    ].join('\n');
  },
};

function list(values: readonly string[]): string {
  return `[${values.map(hcl).join(', ')}]`;
}

function provider({ cloud, tenant }: ScriptContext): string {
  return `# Registers an app for Letterbox, and consents to what it needs.
terraform {
  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }
}

provider "azuread" {
  environment = ${hcl(environments[cloud])}${tenant === null ? '' : `\n  tenant_id   = ${hcl(tenant)}`}
}

data "azuread_client_config" "current" {}
`;
}

function resource({ name, appId, scopes, roles }: Needed): string {
  return `# What ${name} publishes of what is needed
data "azuread_service_principal" "${name}" {
  client_id = ${hcl(appId)}
}

locals {
  ${name}_scopes = [for value in ${list(scopes)} : value if contains(keys(data.azuread_service_principal.${name}.oauth2_permission_scope_ids), value)]
  ${name}_roles  = ${list(roles)}
}
`;
}

function application(registration: Registration, needed: Needed[]): string {
  const { displayName, notes, signInAudience, redirectUris } = registration;
  const web = redirectUris.length > 0 ? `\n  web {\n    redirect_uris = ${list(redirectUris)}\n  }\n` : '';
  return `resource "azuread_application" "letterbox" {
  display_name     = ${hcl(displayName)}
  notes            = ${hcl(notes)}
  sign_in_audience = ${hcl(signInAudience)}
${web}${needed.map(requiredAccess).join('')}}
`;
}

function requiredAccess({ name, appId }: Needed): string {
  const access = (list: string, ids: string, type: string) => `
    dynamic "resource_access" {
      for_each = local.${name}_${list}
      content {
        id   = data.azuread_service_principal.${name}.${ids}[resource_access.value]
        type = ${hcl(type)}
      }
    }
`;
  return `
  required_resource_access {
    resource_app_id = ${hcl(appId)}
${access('scopes', 'oauth2_permission_scope_ids', 'Scope')}${access('roles', 'app_role_ids', 'Role')}  }
`;
}

const principal = `resource "azuread_service_principal" "letterbox" {
  client_id = azuread_application.letterbox.client_id

  feature_tags {
    enterprise = true
  }
}
`;

function credential({ certificate, credentialName }: Registration): string {
  if (certificate === null)
    return `resource "azuread_application_password" "letterbox" {
  application_id = azuread_application.letterbox.id
  display_name   = ${hcl(credentialName)}
}
`;
  return `# The public part; its private key stays in Letterbox
resource "azuread_application_certificate" "letterbox" {
  application_id = azuread_application.letterbox.id
  type           = "AsymmetricX509Cert"
  encoding       = "base64"
  value          = ${hcl(certificate.key)}
  end_date       = ${hcl(certificate.expiresAt)}
}
`;
}

function consents({ name, scopes, roles }: Needed): string[] {
  const roleConsent = `# Admin consent to application permissions
resource "azuread_app_role_assignment" "${name}" {
  for_each            = toset(local.${name}_roles)
  app_role_id         = data.azuread_service_principal.${name}.app_role_ids[each.value]
  principal_object_id = azuread_service_principal.letterbox.object_id
  resource_object_id  = data.azuread_service_principal.${name}.object_id
}
`;
  const scopeConsent = `# Admin consent to delegated permissions, for everybody
resource "azuread_service_principal_delegated_permission_grant" "${name}" {
  count                                = length(local.${name}_scopes) > 0 ? 1 : 0
  service_principal_object_id          = azuread_service_principal.letterbox.object_id
  resource_service_principal_object_id = data.azuread_service_principal.${name}.object_id
  claim_values                         = local.${name}_scopes
}
`;
  return [...(roles.length > 0 ? [roleConsent] : []), ...(scopes.length > 0 ? [scopeConsent] : [])];
}

function outputs({ certificate }: Registration): string {
  const secret = `
output "client_secret" {
  value     = azuread_application_password.letterbox.value
  sensitive = true
}
`;
  return `output "application_client_id" {
  value = azuread_application.letterbox.client_id
}

output "directory_tenant_id" {
  value = data.azuread_client_config.current.tenant_id
}

output "enterprise_application_object_id" {
  value = azuread_service_principal.letterbox.object_id
}
${certificate === null ? secret : ''}`;
}
