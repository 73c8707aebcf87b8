import type { FileFinding } from './autoconfig.ts';
import type { FoundServer, Setting, Sign } from './discovery.ts';
import type { Tenancy } from './tenancy.ts';

type Value = Setting['value'];

const setting = (field: string, value: Value, from: string, remark: string | null = null): Setting => ({
  field,
  value,
  from,
  remark,
});

/** What a credential profile for the mailboxes says. */
export function profileSettings(
  sign: Sign | null,
  { cloud, tenant }: Tenancy,
  read: FoundServer | null,
  oauth: FileFinding['oauth'],
): Setting[] {
  const uses = read ? [setting('uses', [read.protocol], read.from)] : [];
  const tenancy = [
    ...(cloud ? [setting('cloud', cloud.value, cloud.from)] : []),
    ...(tenant ? [setting('tenant', tenant.value, tenant.from, tenant.remark)] : []),
  ];
  if (sign)
    return [
      setting('provider', sign.provider, sign.from),
      setting('authentication', 'oauth2', sign.from),
      ...grantFor(tenant),
      ...uses,
      ...tenancy,
    ];
  if (read && oauth && read.authentication.includes('oauth2'))
    return [
      setting('provider', 'custom', oauth.from),
      setting('authentication', 'oauth2', oauth.from),
      setting('grant', 'authorization_code', oauth.from),
      ...uses,
      setting('authorizationUrl', oauth.authorizationUrl, oauth.from),
      setting('tokenUrl', oauth.tokenUrl, oauth.from),
      ...(oauth.scopes.length > 0 ? [setting('scopes', oauth.scopes, oauth.from)] : []),
    ];
  if (read?.authentication.includes('password'))
    return [
      setting('provider', 'custom', read.from),
      setting('authentication', 'password', read.from),
      ...uses,
    ];
  return [...uses, ...tenancy];
}

/** Where there is a tenant to choose for: personal accounts have no apps by themselves. */
function grantFor(tenant: Tenancy['tenant']): Setting[] {
  if (!tenant) return [];
  const remark =
    tenant.value === 'consumers'
      ? 'A personal account opens to nobody else: its owner signs in once.'
      : 'Client credentials fit as well, where nobody is to sign in.';
  return [setting('grant', 'authorization_code', tenant.from, remark)];
}

/** What an incoming email server for the mailbox says. */
export function serverSettings(read: FoundServer): Setting[] {
  return [setting('protocol', read.protocol, read.from), ...connectionTo(read)];
}

/** What an outgoing email server for the mailbox says. */
export function outgoingSettings(sent: FoundServer): Setting[] {
  return [setting('kind', sent.protocol, sent.from), ...connectionTo(sent)];
}

function connectionTo({ host, port, security, username, from, remark }: FoundServer): Setting[] {
  return [
    setting('host', host, from, remark),
    setting('security', security, from),
    setting('port', port, from),
    setting('username', username, from, username === null ? 'The mail address itself.' : null),
  ];
}
