import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LabCertificates } from '../certificates.ts';
import { freePorts } from '../ports.ts';
import { type Mail, openMaildir } from './maildir.ts';
import { occupy } from './occupy.ts';
import { DovecotProcess } from './process.ts';
import { oauthConf } from './settings.ts';
import { type LabUser, labUser } from './user.ts';

export interface LabDovecot {
  host: 'localhost';
  imapsPort: number;
  imapPort: number;
  pop3sPort: number;
  pop3Port: number;
  lmtpPort: number;
  /** Message submission with STARTTLS (RFC 6409), and with TLS from the first byte (RFC 8314 3.3). */
  submissionPort: number;
  submissionsPort: number;
  maildir(user: string): string;
  /** Delivers into `new/` of a user's INBOX or folder; IDLE wakes at once. */
  deliver(user: string, mail: Mail, folder?: string): Promise<void>;
  fill(user: string, mails: Iterable<Mail> | AsyncIterable<Mail>): Promise<void>;
  createFolder(user: string, folder: string): void;
  messages(user: string, folder?: string): Promise<{ file: string; sha256: string }[]>;
  /** A new UIDVALIDITY, and new UIDs with it. */
  resetUidValidity(user: string, folder?: string): Promise<void>;
  /** kill -9 of every IMAP and POP3 session, in mid-answer if need be; with SIGSTOP they hang until SIGCONT. */
  killSessions(signal?: NodeJS.Signals): void;
  /** Allows a user one connection with each protocol, and takes it; until `end`. Restarts the server both times. */
  crowd(user: string): Promise<{ end(): Promise<void> }>;
  /** Starts again on the same ports (stops first where it runs). */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A private, real Dovecot: IMAP and POP3 over TLS and with STARTTLS, XOAUTH2 and OAUTHBEARER by the authority's
 * tokens (also PLAIN with the password "lab", for peers that know nothing else), LMTP, and submission of mail to its
 * own users. Any user exists.
 */
export async function startDovecot({
  folder,
  authority,
  certificates,
}: {
  folder: string;
  authority: { keysFolder: string; issuer: string };
  certificates: LabCertificates;
}): Promise<LabDovecot> {
  const user = labUser();
  mkdirSync(join(folder, 'mail'), { recursive: true });
  const { certFile, keyFile } = await certificates.issue();
  if (process.getuid?.() === 0) {
    for (const path of [folder, join(folder, 'mail'), keyFile]) chownSync(path, user.uid, user.gid);
    // The world's folder is ours alone; the mail server's user must be able to pass through it.
    chmodSync(dirname(folder), 0o711);
  }
  const [imap = 0, imaps = 0, pop3 = 0, pop3s = 0, lmtp = 0, ...sending] = await freePorts(8);
  const [submission = 0, submissions = 0, relayPort = 0] = sending;
  const oauthFile = join(folder, 'oauth2.conf.ext');
  writeFileSync(oauthFile, oauthConf(authority));
  const ports = { imap, imaps, pop3, pop3s, lmtp, submission, submissions };
  const server = new DovecotProcess(folder, {
    user: user.name,
    ports,
    relayPort,
    certFile,
    keyFile,
    oauthFile,
  });
  await server.start();
  return {
    host: 'localhost',
    imapsPort: imaps,
    imapPort: imap,
    pop3sPort: pop3s,
    pop3Port: pop3,
    lmtpPort: lmtp,
    submissionPort: submission,
    submissionsPort: submissions,
    ...mailboxesIn(join(folder, 'mail'), user, server),
    killSessions: (signal) => server.killSessions(signal),
    async crowd(name) {
      await server.restart({ connections: 1 });
      const held = [await occupy('imap', imaps, name), await occupy('pop3', pop3s, name)];
      return {
        async end() {
          for (const socket of held) socket.destroy();
          await server.restart({ connections: 0 });
        },
      };
    },
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

/** The users' mail, as files that are changed under the server. */
function mailboxesIn(
  folder: string,
  owner: LabUser,
  server: DovecotProcess,
): Pick<LabDovecot, 'maildir' | 'deliver' | 'fill' | 'createFolder' | 'messages' | 'resetUidValidity'> {
  const maildirs = new Map<string, ReturnType<typeof openMaildir>>();
  const maildir = (name: string) => {
    const opened = maildirs.get(name) ?? openMaildir(join(folder, name), owner);
    maildirs.set(name, opened);
    return opened;
  };
  return {
    maildir: (name) => maildir(name).path,
    deliver: (name, mail, into) => maildir(name).deliver(mail, into),
    async fill(name, mails) {
      for await (const mail of mails) await maildir(name).deliver(mail);
    },
    createFolder: (name, made) => void maildir(name).makeFolder(made),
    messages: (name, from) => maildir(name).messages(from),
    async resetUidValidity(name, of) {
      await server.stop();
      maildir(name).forgetUids(of);
      await server.start();
    },
  };
}
