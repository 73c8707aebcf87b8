import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startDovecot } from '../../lab/dovecot/index.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { mailServer } from './setting.ts';

const issuer = 'https://authority.test/v2.0';

/** A real Dovecot and the key that signs tokens for it, for all tests of a file; each test takes a user of its own. */
export async function startDovecotWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'letterbox-dovecot-'));
  const keysFolder = join(folder, 'keys');
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  mkdirSync(join(keysFolder, 'default', 'RS256'), { recursive: true });
  writeFileSync(join(keysFolder, 'default', 'RS256', 'test-key'), await exportSPKI(publicKey));
  const certificates = await createLabAuthority(join(folder, 'tls'));
  const dovecot = await startDovecot({
    folder: join(folder, 'dovecot'),
    authority: { keysFolder, issuer },
    certificates,
  });

  const tokenFor = (user: string, expires: Date) =>
    new SignJWT({ upn: user, mailbox: user })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'test-key' })
      .setSubject(user)
      .setIssuer(issuer)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey);

  return {
    dovecot,
    certificates,
    tokenFor,
    /** Good tokens for a user, a new one each time. */
    tokensFor(user: string): TokenSource {
      return {
        async accessToken() {
          const expires = new Date(Date.now() + 3_600_000);
          return { token: await tokenFor(user, expires), expiresAt: expires.toISOString() };
        },
        discard() {},
      };
    },
    server: (user: string, fields: Partial<MailServer> = {}): MailServer =>
      mailServer({
        address: user,
        port: dovecot.imapsPort,
        certificateAuthority: certificates.caPem,
        ...fields,
      }),
    pop3Server: (user: string, fields: Partial<MailServer> = {}): MailServer =>
      mailServer({
        protocol: 'pop3',
        address: user,
        port: dovecot.pop3sPort,
        certificateAuthority: certificates.caPem,
        ...fields,
      }),
    async stop() {
      await dovecot.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type DovecotWorld = Awaited<ReturnType<typeof startDovecotWorld>>;

/** The nth mail to a user; its lines end as the wire wants them, so that files and messages are the same bytes. */
export function mail(n: number, text = 'Good day.\r\n'): Buffer {
  return Buffer.from(
    `From: sender@example.com\r\nSubject: Mail ${n}\r\nMessage-ID: <${n}@example.com>\r\n\r\n${text}`,
  );
}

export function mails(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => mail(i + 1));
}
