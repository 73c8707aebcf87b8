import { authorityOf, providerOf } from '../../oauth/authorities/index.ts';
import { cloudNames } from '../../oauth/authorities/microsoft/clouds.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { Guide } from '../../resources/guide.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Guided } from '../../setup/guide/guided.ts';

type Host = Guided['hosts'][number];

/** Registered ports (IANA); all other protocols are HTTPS. */
const ports: Record<string, number> = { imap: 993, pop3: 995 };

/** The hosts that a way needs: as they are entered, or else as its provider has them. */
export function hostsOf(
  guide: Guide,
  profile: CredentialProfile | null,
  server: MailServer | null,
): readonly Host[] {
  return [...loginHosts(guide, profile), ...mailHosts(guide, profile, server)];
}

function loginHosts({ provider, grant }: Guide, profile: CredentialProfile | null): Host[] {
  const at = (url: URL): Host => ({
    host: url.hostname,
    port: Number(url.port || 443),
    what: 'signs people and apps in',
  });
  if (profile) return [at(authorityOf(profile).tokenUrl(profile))];
  if (provider !== 'microsoft') return [];
  const live = { host: 'login.live.com', port: 443, what: 'signs personal accounts in' };
  return [at(new URL(cloudNames.worldwide.login)), ...(grant === 'client_credentials' ? [] : [live])];
}

function mailHosts(
  { provider, protocol }: Guide,
  profile: CredentialProfile | null,
  server: MailServer | null,
): Host[] {
  const what = 'has the mailbox';
  if (server) return [{ host: server.host, port: server.port, what }];
  const cloud = profile?.cloud ?? 'worldwide';
  const host = providerOf({ provider }).hostFor({ cloud } as CredentialProfile, protocol);
  return host === null ? [] : [{ host, port: ports[protocol] ?? 443, what }];
}
