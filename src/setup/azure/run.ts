import { Problem } from '../../model/problem.ts';
import type { Told } from './apply.ts';
import { stopped } from './problems.ts';

/**
 * Something that is under way and tells how it goes. It goes on whoever looks; whoever looks hears all of it, also what
 * was told before they came.
 */
export class Run {
  readonly what: 'making' | 'undoing';
  readonly ended: Promise<void>;
  readonly #told: Told[] = [];
  readonly #stop = new AbortController();
  #isOver = false;
  #problem: Problem | null = null;
  #news = Promise.withResolvers<void>();

  constructor(what: Run['what'], begin: (signal: AbortSignal) => AsyncIterable<Told>) {
    this.what = what;
    this.ended = this.#follow(begin(this.#stop.signal));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Why it ended before its end; null while it has not. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** Resolves when nothing is done any more. */
  async stop(): Promise<void> {
    this.#stop.abort(stopped());
    await this.ended;
  }

  /** Everything that is told, to the end. Throws the Problem that ended it. */
  async *all(): AsyncGenerator<Told> {
    for (let next = 0; !this.#isOver || next < this.#told.length; ) {
      const news = this.#news.promise;
      const told = this.#told[next];
      if (told) {
        next++;
        yield told;
      } else await news;
    }
    if (this.#problem) throw this.#problem;
  }

  /** Never throws. */
  async #follow(events: AsyncIterable<Told>): Promise<void> {
    try {
      for await (const told of events) {
        this.#told.push(told);
        this.#tell();
      }
    } catch (error) {
      this.#problem = Problem.from(error);
    }
    this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }
}
