#!/usr/bin/env node
// Runs Letterbox with the Node 24 that npm installed beside it, where the Node that started this is older.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const main = path('../src/main.ts');
const newer = path('../node_modules/.bin/node');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv[1] = main;
  await import(main);
} else if (existsSync(newer)) {
  const child = spawn(newer, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The signal reaches the child alone or with the terminal's whole group; it takes the two for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
} else {
  process.stderr.write(
    `letterbox: Letterbox needs Node 24, and this is ${process.version}.\nWhat to do: run npm install in ${path('..')}, which brings it along.\n`,
  );
  process.exit(1);
}
