import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../model/problem.ts';
import type { StoreHealth } from '../health.ts';
import { explainSqlite, storeFull } from './problems.ts';

/** With less room than this on its disk the store is as good as full, in bytes: a mail or two would fill it. */
const leastRoom = 1024 * 1024;
/** While it is full it is looked this often, in milliseconds, whether there is room again. */
const probeMs = 2_000;

/** What the statements of a database tell of it, and what is found out besides. */
export class SqliteHealth implements StoreHealth {
  readonly #folder: string;
  readonly #look: (damaged: (detail: string) => void) => void;
  readonly #listeners = new Set<(problem: Problem | null) => void>();
  #writing: Problem | null = null;
  #damage: Problem | null = null;
  #probing: NodeJS.Timeout | undefined;

  /** `look` looks for damage, once, and tells what it found. */
  constructor(folder: string, look: (damaged: (detail: string) => void) => void) {
    this.#folder = folder;
    this.#look = look;
  }

  writing(): Problem | null {
    return this.#writing ?? (this.#room() < leastRoom ? storeFull() : null);
  }

  damage(): Problem | null {
    return this.#damage;
  }

  check(): void {
    this.#look((detail) => this.failed(explainSqlite(Object.assign(new Error(detail), { errcode: 11 }))));
  }

  onChange(listener: (problem: Problem | null) => void): void {
    this.#listeners.add(listener);
  }

  /** A statement failed, or something that was read is not what was written. */
  failed(error: unknown): void {
    if (!(error instanceof Problem)) return;
    if (error.kind === 'internal') this.#damaged(error);
    if (error.kind !== 'full' && error.kind !== 'machine') return;
    if (this.#writing?.kind === error.kind) return;
    this.#writing = error;
    this.#tell(error);
    // A small write may find room where the next mail will not, so it is not by writes that the end is known.
    if (error.kind === 'full') this.#probing ??= setInterval(() => this.#probe(), probeMs).unref();
  }

  /** Something was written. */
  wrote(): void {
    if (this.#writing?.kind === 'machine') this.#mended();
  }

  close(): void {
    clearInterval(this.#probing);
  }

  #damaged(problem: Problem): void {
    if (this.#damage !== null) return;
    this.#damage = problem;
    this.#tell(problem);
  }

  #mended(): void {
    clearInterval(this.#probing);
    this.#probing = undefined;
    this.#writing = null;
    this.#tell(null);
  }

  #tell(problem: Problem | null): void {
    for (const listener of this.#listeners) listener(problem);
  }

  /** Whether as much as is needed at least can really be written: a quota shows in no other way. */
  #probe(): void {
    const file = join(this.#folder, 'letterbox.probe');
    try {
      writeFileSync(file, Buffer.alloc(leastRoom, 1), { mode: 0o600 });
      rmSync(file);
    } catch {
      rmSync(file, { force: true });
      return;
    }
    if (this.#room() >= leastRoom) this.#mended();
  }

  #room(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#folder);
      return bavail * bsize;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }
}
