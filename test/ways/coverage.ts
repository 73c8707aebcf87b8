import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { root } from '../architecture/parsed.ts';

/** Long enough for what is put off for a second, and for a token that lives as long. */
const longQuietMs = 1_500;
/** Long enough for an answer that is still on its way. */
const quietMs = 250;
const lookMs = 50;

/** Tells which files of `src/` work: those of which a function with a name is called (V8's precise coverage). */
export class Coverage {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  static async start(): Promise<Coverage> {
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    return new Coverage(session);
  }

  stop(): void {
    this.#session.disconnect();
  }

  /** The files that work for what is done, from the moment when nothing works until nothing works any more. */
  async during(work: () => Promise<unknown>): Promise<Set<string>> {
    await this.#untilQuiet(longQuietMs);
    await work();
    return this.#untilQuiet(quietMs);
  }

  /** Waits until nothing has worked for so long; what worked until then. */
  async #untilQuiet(milliseconds: number): Promise<Set<string>> {
    const files = new Set<string>();
    for (let quiet = 0; quiet < milliseconds; ) {
      await sleep(lookMs);
      const now = await this.#take();
      quiet = now.length === 0 ? quiet + lookMs : 0;
      for (const file of now) files.add(file);
    }
    return files;
  }

  /** Since it was asked last. */
  async #take(): Promise<string[]> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.startsWith('file:'))
      .filter(({ functions }) =>
        functions.some(({ functionName, ranges }) => functionName !== '' && ranges[0]?.count),
      )
      .map(({ url }) => relative(root, fileURLToPath(url)))
      .filter((file) => file.startsWith('src/'));
  }
}
