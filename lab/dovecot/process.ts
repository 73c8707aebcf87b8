import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRelay } from './relay.ts';
import { type DovecotSettings, dovecotConf } from './settings.ts';

/** The processes of one Dovecot, and the relay that takes what is submitted. */
export class DovecotProcess {
  readonly #folder: string;
  readonly #settings: Omit<DovecotSettings, 'folder' | 'connections'>;
  #child: ChildProcess | null = null;
  #relay: { stop(): Promise<void> } | null = null;

  constructor(folder: string, settings: Omit<DovecotSettings, 'folder' | 'connections'>) {
    this.#folder = folder;
    this.#settings = settings;
    this.#configure(0);
  }

  /** Starts it, and waits until it answers. */
  async start(): Promise<void> {
    const { user, ports, relayPort } = this.#settings;
    this.#relay = await startRelay(relayPort, ports.lmtp);
    // Ends with us, even when we are killed; but what a terminal sends to all, Ctrl-C, is for us alone.
    const asUser = process.getuid?.() === 0 ? ['--reuid', user, '--regid', user, '--clear-groups'] : [];
    const words = [...asUser, '--pdeathsig', 'TERM', 'dovecot', '-F', '-c', this.#confFile];
    const child = spawn('setpriv', words, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
    this.#child = child;
    for (let tries = 0; !(await answers(ports.imaps)); tries++) {
      if (child.exitCode !== null || tries > 200)
        throw new Error(
          `Dovecot did not start: ${readFileSync(join(this.#folder, 'dovecot.log'), 'utf8').slice(-2000)}`,
        );
      await sleep(25);
    }
  }

  async stop(): Promise<void> {
    await this.#relay?.stop();
    this.#relay = null;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
    // A session would live on for half a minute.
    killGroup(child.pid);
    this.#child = null;
  }

  /** Stops where it runs, and starts; `connections` are those that one user may have from now on, 0 for any number. */
  async restart({ connections }: { connections?: number } = {}): Promise<void> {
    await this.stop();
    if (connections !== undefined) this.#configure(connections);
    await this.start();
  }

  killSessions(signal: NodeJS.Signals = 'SIGKILL'): void {
    // Only this instance's sessions: the children of its master.
    const { stdout } = spawnSync('pgrep', ['-P', String(this.#child?.pid), '-x', 'imap|pop3'], {
      encoding: 'utf8',
    });
    for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid), signal);
  }

  get #confFile(): string {
    return join(this.#folder, 'dovecot.conf');
  }

  #configure(connections: number): void {
    const folder = this.#folder;
    writeFileSync(this.#confFile, dovecotConf({ ...this.#settings, folder, connections }));
  }
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
