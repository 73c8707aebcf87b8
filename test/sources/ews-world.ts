import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startEws } from '../../lab/ews/index.ts';
import type { Mailbox } from '../../lab/ews/mailbox.ts';
import { type Config, configSchema } from '../../src/config/config.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { createEwsSource } from '../../src/sources/ews/index.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { knownAmong, mailServer } from './setting.ts';

export { mail, mails } from './dovecot-world.ts';

const issuer = 'https://authority.test/v2.0';
export const audience = 'https://outlook.office365.com';

/** The stand-in for Exchange and the key that signs tokens for it, for all tests of a file; each test takes a mailbox of its own. */
export async function startEwsWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'letterbox-ews-'));
  const keysFolder = join(folder, 'keys');
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  mkdirSync(join(keysFolder, 'default', 'RS256'), { recursive: true });
  writeFileSync(join(keysFolder, 'default', 'RS256', 'test-key'), await exportSPKI(publicKey));
  const certificates = await createLabAuthority(join(folder, 'tls'));
  const authority = { keysFolder, issuer };
  const ews = await startEws({ certificates, authority, folder: join(folder, 'mail') });

  const sign = (claims: Record<string, unknown>, { seconds = 3600, aud = audience } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'test-key' })
      .setSubject('subject')
      .setIssuer(issuer)
      .setAudience(aud)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(privateKey);
  const personal = (person: string) => ({ upn: person, scp: 'EWS.AccessAsUser.All', appid: 'app' });
  const ofApp = (appId: string) => ({ appid: appId, roles: ['full_access_as_app'] });
  const source = (claims: Record<string, unknown>, appOnly: boolean): TokenSource => {
    const token = sign(claims);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    return {
      accessToken: async () => ({ token: await token, expiresAt, ...(appOnly && { appOnly }) }),
      discard() {},
    };
  };

  return {
    ews,
    certificates,
    sign,
    /** A good token of a person, or of an application by itself. */
    personalTokens: (person: string) => source(personal(person), false),
    appTokens: (appId = 'app') => source(ofApp(appId), true),
    claims: { personal, ofApp },
    server: (address: string, fields: Partial<MailServer> = {}): MailServer =>
      mailServer({
        protocol: 'ews',
        address,
        port: ews.port,
        certificateAuthority: certificates.caPem,
        ...fields,
      }),
    async stop() {
      await ews.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type EwsWorld = Awaited<ReturnType<typeof startEwsWorld>>;

/** Delivers mails a minute apart, the last one now: Exchange tells whole seconds, and the order within one is not told. */
export async function fill(mailbox: Mailbox, sent: readonly Uint8Array[], path = 'INBOX'): Promise<string[]> {
  const ids: string[] = [];
  const start = Date.now() - sent.length * 60_000;
  for (const [i, one] of sent.entries())
    ids.push(await mailbox.deliver(one, path, { receivedAt: new Date(start + (i + 1) * 60_000) }));
  return ids;
}

/** What a test decides of a source besides its server, tokens and options. */
export interface Circumstances {
  silenceMs?: number;
  mostListed?: number;
  /** Ids of messages that are stored here; the test adds to them. Without it nothing is known. */
  stored?: Set<string>;
}

/** A source for the server, closed after the test. */
export function openSource(
  t: TestContext,
  server: MailServer,
  tokens: TokenSource,
  options: Partial<Config['intake']> = {},
  { stored, ...limits }: Circumstances = {},
): MailSource {
  const parts = {
    server,
    tokens,
    options: { ...configSchema.parse({}).intake, ...options },
    ...(stored && { known: knownAmong((uid) => stored.has(uid)) }),
    log: pino({ level: 'silent' }),
  };
  const source = createEwsSource(parts, limits);
  t.after(() => source.close());
  return source;
}
