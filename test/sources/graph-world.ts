import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startGraph } from '../../lab/graph/index.ts';
import { type Config, configSchema } from '../../src/config/config.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { createGraphSource } from '../../src/sources/graph/index.ts';
import type { MailSource, SourceParts } from '../../src/sources/source.ts';
import { mailServer } from './setting.ts';

const tenant = '7f180cbb-a5ae-457c-b7e8-6f5b42ba33e7';
const issuer = `https://authority.test/${tenant}/v2.0`;
export const appId = '11111111-2222-3333-4444-555555555555';

/** What a token is for; app-only where no person is named. */
export interface TokenWish {
  person?: string;
  permissions?: string[];
  expires?: Date;
  audience?: string;
  appId?: string;
}

/** The stand-in for Microsoft Graph and the key that signs tokens for it; each test takes mailboxes of its own. */
export async function startGraphWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'letterbox-graph-'));
  const keysFolder = join(folder, 'keys');
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  mkdirSync(join(keysFolder, 'default', 'RS256'), { recursive: true });
  writeFileSync(join(keysFolder, 'default', 'RS256', 'test-key'), await exportSPKI(publicKey));
  const certificates = await createLabAuthority(join(folder, 'tls'));
  const graph = await startGraph({
    certificates,
    authority: { keysFolder, issuer },
    folder: join(folder, 'graph'),
  });

  function tokenFor(wish: TokenWish = {}): Promise<string> {
    const { person, permissions = ['Mail.ReadWrite', 'Mail.Send'] } = wish;
    const rights =
      person === undefined ? { roles: permissions } : { upn: person, scp: permissions.join(' ') };
    return new SignJWT({ ...rights, tid: tenant, appid: wish.appId ?? appId })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'test-key' })
      .setSubject(person ?? appId)
      .setIssuer(issuer)
      .setAudience(wish.audience ?? 'https://graph.microsoft.com')
      .setIssuedAt()
      .setExpirationTime(wish.expires ?? new Date(Date.now() + 3_600_000))
      .sign(privateKey);
  }

  const server = (address: string, fields: Partial<MailServer> = {}): MailServer =>
    mailServer({
      address,
      protocol: 'graph',
      host: graph.host,
      port: graph.port,
      certificateAuthority: certificates.caPem,
      ...fields,
    });

  const tokens = (wish: TokenWish = {}): TokenSource => {
    const token = tokenFor(wish);
    const expiresAt = (wish.expires ?? new Date(Date.now() + 3_600_000)).toISOString();
    return { accessToken: async () => ({ token: await token, expiresAt }), discard() {} };
  };

  return {
    graph,
    certificates,
    tokenFor,
    server,
    /** The same token each time. */
    tokens,
    /** A source for the mailbox, closed after the test. */
    source(
      t: TestContext,
      address: string,
      {
        server: fields = {},
        options = {},
        ...parts
      }: Partial<Omit<SourceParts, 'server' | 'options'>> & {
        server?: Partial<MailServer>;
        options?: Partial<Config['intake']>;
      } = {},
    ): MailSource {
      const source = createGraphSource({
        server: server(address, fields),
        tokens: tokens(),
        options: { ...configSchema.parse({}).intake, ...options },
        log: pino({ level: 'silent' }),
        notifications: null,
        ...parts,
      });
      t.after(() => source.close());
      return source;
    },
    async stop() {
      await graph.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type GraphWorld = Awaited<ReturnType<typeof startGraphWorld>>;
