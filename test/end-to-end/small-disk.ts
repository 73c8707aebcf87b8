import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const mebibyte = 1024 * 1024;

/** A disk of its own, so small that it can be filled, at a folder that is made. */
export function mountSmallDisk(folder: string, mebibytes: number, after: (end: () => void) => void) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const run = (...command: string[]) => {
    const [program, ...parameters] = [...sudo, ...command];
    execFileSync(program as string, parameters);
  };
  mkdirSync(folder);
  run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0777`, 'tmpfs', folder);
  after(() => run('umount', '-l', folder));
  const ballast = join(folder, 'ballast');
  return {
    /** Until nothing more can be written, or so much was. */
    fill(most = mebibytes): void {
      const file = openSync(ballast, 'a');
      try {
        for (let written = 0; written < most * mebibyte; ) written += writeSync(file, Buffer.alloc(4096, 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    enlarge: (to: number) => run('mount', '-o', `remount,size=${to}m`, folder),
  };
}
