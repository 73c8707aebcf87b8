import { type Delimiter, findDelimiter, type OpenMultipart } from './boundaries.ts';
import type { Limits } from './limits.ts';
import type { StructureEvents } from './part.ts';

/** The multiparts whose end has not been seen, the innermost last, and how many parts they have together. */
export class Multiparts {
  readonly #open: OpenMultipart[] = [];
  readonly #limits: Limits;
  readonly #defect: StructureEvents['defect'];
  #parts = 0;

  constructor(limits: Limits, defect: StructureEvents['defect']) {
    this.#limits = limits;
    this.#defect = defect;
  }

  get depth(): number {
    return this.#open.length;
  }

  /** A part turned out to be a multipart. */
  open(multipart: Pick<OpenMultipart, 'type' | 'boundary' | 'number'>): void {
    this.#open.push({ ...multipart, parts: 0 });
  }

  /** What a line delimits, without its leading `--`; see {@link findDelimiter}. */
  findDelimiter(line: string): Delimiter | null {
    return findDelimiter(line, this.#open);
  }

  /**
   * Ends what a delimiter ends: multiparts within its own, and that one too if it closes it. Gives number and place
   * of the part that begins behind it; null when none does, or one beyond the limit.
   */
  pass({ index, closes }: Delimiter): { number: string; within: string } | null {
    this.#endWithin(index + 1);
    const multipart = this.#open[index] as OpenMultipart;
    if (closes) {
      this.#open.pop();
      return null;
    }
    if (this.#parts === this.#limits.parts) {
      this.#defect('parts-too-many');
      return null;
    }
    this.#parts++;
    multipart.parts++;
    const { number, parts, type } = multipart;
    return { number: number === '' ? String(parts) : `${number}.${parts}`, within: type };
  }

  /** The message is at its end. */
  end(): void {
    this.#endWithin(0);
  }

  /** All but the outermost so many end without their closing boundary. */
  #endWithin(depth: number): void {
    while (this.#open.length > depth) {
      const multipart = this.#open.pop();
      if (multipart && multipart.parts > 0) this.#defect('boundary-not-closed', multipart.number);
    }
  }
}
