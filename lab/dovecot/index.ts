import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabCertificates } from '../certificates.ts';
import { freePorts } from '../ports.ts';
import { type Mail, openMaildir } from './maildir.ts';
import { occupy } from './occupy.ts';
import { startRelay } from './relay.ts';
import { dovecotConf, oauthConf } from './settings.ts';
import { labUser } from './user.ts';

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
  const confFile = join(folder, 'dovecot.conf');
  const ports = { imap, imaps, pop3, pop3s, lmtp, submission, submissions };
  const files = { certFile, keyFile, oauthFile };
  const configure = (connections: number) =>
    writeFileSync(
      confFile,
      dovecotConf({ folder, user: user.name, ports, relayPort, connections, ...files }),
    );
  configure(0);

  let child: ChildProcess | null = null;
  let relay: { stop(): Promise<void> } | null = null;
  async function start(): Promise<void> {
    relay = await startRelay(relayPort, lmtp);
    // Ends with us, even when we are killed; but what a terminal sends to all, Ctrl-C, is for us alone.
    const asUser =
      process.getuid?.() === 0 ? ['--reuid', user.name, '--regid', user.name, '--clear-groups'] : [];
    child = spawn('setpriv', [...asUser, '--pdeathsig', 'TERM', 'dovecot', '-F', '-c', confFile], {
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    });
    const started = child;
    for (let tries = 0; !(await answers(imaps)); tries++) {
      if (started.exitCode !== null || tries > 200)
        throw new Error(
          `Dovecot did not start: ${readFileSync(join(folder, 'dovecot.log'), 'utf8').slice(-2000)}`,
        );
      await sleep(25);
    }
  }
  async function stop(): Promise<void> {
    await relay?.stop();
    relay = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
    // A session would live on for half a minute.
    killGroup(child.pid);
    child = null;
  }

  const maildirs = new Map<string, ReturnType<typeof openMaildir>>();
  const maildir = (name: string) => {
    const opened = maildirs.get(name) ?? openMaildir(join(folder, 'mail', name), user);
    maildirs.set(name, opened);
    return opened;
  };
  const killSessions = (signal: NodeJS.Signals = 'SIGKILL') => {
    // Only this instance's sessions: the children of its master.
    const { stdout } = spawnSync('pgrep', ['-P', String(child?.pid), '-x', 'imap|pop3'], {
      encoding: 'utf8',
    });
    for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid), signal);
  };

  await start();
  return {
    host: 'localhost',
    imapsPort: imaps,
    imapPort: imap,
    pop3sPort: pop3s,
    pop3Port: pop3,
    lmtpPort: lmtp,
    submissionPort: submission,
    submissionsPort: submissions,
    maildir: (name) => maildir(name).path,
    deliver: (name, mail, into) => maildir(name).deliver(mail, into),
    async fill(name, mails) {
      for await (const mail of mails) await maildir(name).deliver(mail);
    },
    createFolder: (name, made) => void maildir(name).makeFolder(made),
    messages: (name, from) => maildir(name).messages(from),
    async resetUidValidity(name, of) {
      await stop();
      maildir(name).forgetUids(of);
      await start();
    },
    killSessions,
    async crowd(name) {
      await stop();
      configure(1);
      await start();
      const held = [await occupy('imap', imaps, name), await occupy('pop3', pop3s, name)];
      return {
        async end() {
          for (const socket of held) socket.destroy();
          configure(0);
          await stop();
          await start();
        },
      };
    },
    async restart() {
      await stop();
      await start();
    },
    stop,
  };
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
