/** What a private, unprivileged Dovecot 2.3 needs to be told; see doc.dovecot.org/2.3. */
export interface DovecotSettings {
  folder: string;
  user: string;
  ports: Record<'imap' | 'imaps' | 'pop3' | 'pop3s' | 'lmtp' | 'submission' | 'submissions', number>;
  /** Where submitted mail goes on to. */
  relayPort: number;
  /** How many one user may have at once with each protocol; 0 for as many as they like. */
  connections: number;
  certFile: string;
  keyFile: string;
  oauthFile: string;
}

export function dovecotConf(settings: DovecotSettings): string {
  const { folder, user, relayPort, connections, certFile, keyFile, oauthFile } = settings;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
default_internal_user = ${user}
default_internal_group = ${user}
default_login_user = ${user}
mail_uid = ${user}
mail_gid = ${user}
first_valid_uid = 500
protocols = imap pop3 lmtp submission
listen = 127.0.0.1
ssl = yes
ssl_cert = <${certFile}
ssl_key = <${keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_max_userip_connections = ${connections}
mailbox_list_index = no
# As RFC 1939 section 4 wants it: one session at a time
pop3_lock_session = yes
maildir_very_dirty_syncs = no
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${oauthFile}
}
passdb {
  driver = static
  mechanisms = plain login
  args = password=lab
}
userdb {
  driver = static
  args = uid=${user} gid=${user} home=${folder}/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Spam {
    special_use = \\Junk
  }
  mailbox Old {
    special_use = \\Archive
  }
}
submission_max_mail_size = 200 M
submission_relay_host = 127.0.0.1
submission_relay_port = ${relayPort}
${services(settings.ports)}`;
}

/** Who listens where; without the rights of root nobody is locked into a folder (`chroot`). */
function services(ports: DovecotSettings['ports']): string {
  const listener = (name: keyof typeof ports) => `
  inet_listener ${name} {
    address = 127.0.0.1
    port = ${ports[name]}
    ssl = ${/^(imaps|pop3s|submissions)$/.test(name) ? 'yes' : 'no'}
  }`;
  return `
service imap-login {
  chroot =
  service_count = 0
  client_limit = 2000${listener('imap')}${listener('imaps')}
}
service imap {
  process_limit = 1000
}
service pop3-login {
  chroot =
  service_count = 0
  client_limit = 2000${listener('pop3')}${listener('pop3s')}
}
service lmtp {${listener('lmtp')}
}
service submission-login {
  chroot =${listener('submission')}${listener('submissions')}
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`;
}

/** Tokens are checked here, against the authority's public keys in \`keysFolder\`, as a resource server does (RFC 9068). */
export function oauthConf({ keysFolder, issuer }: { keysFolder: string; issuer: string }): string {
  return `
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${keysFolder}/
issuers = ${issuer}
username_attribute = mailbox
openid_configuration_url = ${issuer}/.well-known/openid-configuration
`;
}
