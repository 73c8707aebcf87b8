import { type ChildProcess, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../ports.ts';
import { nsdConf, type Zone, zoneFile } from './settings.ts';

/** Debian has it where the path of ordinary users does not lead. */
const program = '/usr/sbin/nsd';

export interface LabDns {
  /** `127.0.0.1:…` */
  address: string;
  /** Hangs from now on: takes questions, and answers none of them. */
  hang(): void;
  /** Goes on after it hung. */
  goOn(): void;
  stop(): Promise<void>;
}

/**
 * A private, real name server (NSD) that is all the DNS there is: its root zone has these records, in the form of zone
 * files (RFC 1035 5), each name to its end: `contoso.example. MX 10 mx.contoso.example.` Names below `broken` are
 * answered with SERVFAIL, as by a server whose zone is gone.
 */
export async function startDns({
  folder,
  records,
  broken = [],
}: {
  folder: string;
  records: readonly string[];
  broken?: readonly string[];
}): Promise<LabDns> {
  mkdirSync(folder, { recursive: true });
  const [port = 0] = await freePorts(1);
  const zones: Zone[] = [
    { name: '.', file: join(folder, 'root.zone') },
    ...broken.map((name) => ({ name, file: join(folder, 'there-is-no-such-file') })),
  ];
  const [confFile, logFile] = [join(folder, 'nsd.conf'), join(folder, 'nsd.log')];
  writeFileSync(join(folder, 'root.zone'), zoneFile(records));
  writeFileSync(confFile, nsdConf({ folder, port, zones, logFile }));
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, '-d', '-c', confFile], {
    stdio: 'ignore',
    detached: true,
  });
  await ready(child, port, logFile);
  const signal = (name: NodeJS.Signals) => void process.kill(-(child.pid ?? 0), name);
  return {
    address: `127.0.0.1:${port}`,
    hang: () => signal('SIGSTOP'),
    goOn: () => signal('SIGCONT'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      signal('SIGKILL');
      await exit;
    },
  };
}

async function ready(child: ChildProcess, port: number, logFile: string): Promise<void> {
  const resolver = new Resolver({ timeout: 100, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  for (let tries = 0; ; tries++) {
    try {
      await resolver.resolveSoa('.');
      return;
    } catch {
      if (child.exitCode !== null || tries > 200)
        throw new Error(`NSD did not start: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
      await sleep(25);
    }
  }
}
