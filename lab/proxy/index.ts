import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../ports.ts';

export interface LabProxy {
  /** `http://127.0.0.1:…` */
  url: string;
  port: number;
  username: string;
  password: string;
  /** Host and port of every CONNECT that it took, one after the other, by its own log. */
  connects(): string[];
  /** Starts again on the same port; `password` is the one it wants from now on. */
  start(changes?: { password?: string }): Promise<void>;
  /** kill -9: every tunnel breaks. */
  stop(): Promise<void>;
}

export interface LabProxyOptions {
  folder: string;
  /** Names that the proxy resolves to this machine; nobody else does. */
  hosts: string[];
  /** Names that its rules forbid, with `*`. */
  forbidden?: string[];
  /** A tunnel in which nothing moves for so long is closed. */
  idleSeconds?: number;
}

/**
 * A private, real Tinyproxy that wants a sign-in and connects to any port. What it resolves names by is a file of its own
 * (nss_wrapper): whoever reaches a host by one of these names has gone through it.
 */
export async function startProxy(options: LabProxyOptions): Promise<LabProxy> {
  const { folder, hosts } = options;
  mkdirSync(folder, { recursive: true });
  const [port = 0] = await freePorts(1);
  const username = 'letterbox';
  let password = 'the-proxy-s-secret';
  let child: ChildProcess | null = null;
  const file = (name: string) => join(folder, name);
  writeFileSync(file('hosts'), `127.0.0.1 ${hosts.join(' ')}\n`);
  writeFileSync(file('forbidden'), `${(options.forbidden ?? []).join('\n')}\n`);

  const proxy: LabProxy = {
    url: `http://127.0.0.1:${port}`,
    port,
    username,
    get password() {
      return password;
    },
    connects: () => (existsSync(file('log')) ? requestsIn(readFileSync(file('log'), 'utf8')) : []),
    async start(changes = {}) {
      password = changes.password ?? password;
      writeFileSync(file('conf'), tinyproxyConf({ ...options, port, username, password }));
      child = spawn('setpriv', ['--pdeathsig', 'TERM', 'tinyproxy', '-d', '-c', file('conf')], {
        stdio: 'ignore',
        env: { ...process.env, LD_PRELOAD: 'libnss_wrapper.so', NSS_WRAPPER_HOSTS: file('hosts') },
      });
      for (let tries = 0; !(await answers(port)); tries++) {
        if (child.exitCode !== null || tries > 400) throw new Error('Tinyproxy did not start');
        await sleep(25);
      }
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
  await proxy.start();
  return proxy;
}

function tinyproxyConf({
  folder,
  port,
  username,
  password,
  idleSeconds = 600,
}: LabProxyOptions & { port: number; username: string; password: string }): string {
  return `
Port ${port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout ${idleSeconds}
MaxClients 500
BasicAuth ${username} ${password}
LogFile "${folder}/log"
LogLevel Connect
Filter "${folder}/forbidden"
FilterType fnmatch
`;
}

/** `CONNECT   Nov 28 21:16:32.273 [1]: Request (file descriptor 5): CONNECT mail.contoso.test:993 HTTP/1.1` */
function requestsIn(log: string): string[] {
  return [...log.matchAll(/Request \(file descriptor \d+\): CONNECT (\S+) /g)].map(
    ([, target]) => target ?? '',
  );
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
