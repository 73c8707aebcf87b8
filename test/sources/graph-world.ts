import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startGraph } from '../../lab/graph/index.ts';
import type { MailServer } from '../../src/model/mail-server.ts';
import type { TokenSource } from '../../src/model/token.ts';
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

  return {
    graph,
    certificates,
    tokenFor,
    /** Good tokens, a new one each time. */
    tokens: (wish: TokenWish = {}): TokenSource => ({
      accessToken: async () => ({
        token: await tokenFor(wish),
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      }),
      discard() {},
    }),
    server: (address: string, fields: Partial<MailServer> = {}): MailServer =>
      mailServer({
        address,
        protocol: 'graph',
        host: graph.host,
        port: graph.port,
        certificateAuthority: certificates.caPem,
        ...fields,
      }),
    async stop() {
      await graph.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type GraphWorld = Awaited<ReturnType<typeof startGraphWorld>>;
