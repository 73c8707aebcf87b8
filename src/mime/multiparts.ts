import { Boundaries, type Delimiter, type OpenMultipart } from './boundaries.ts';
import type { Limits } from './limits.ts';
import type { Part, PartCount, Splitting, StructureEvents } from './part.ts';

/** What a part is known by before its header is read. */
export type Place = Omit<Part, 'offset' | 'divisible'>;

/** The multiparts whose end has not been seen, the innermost last. */
export class Multiparts {
  readonly #open: OpenMultipart[] = [];
  readonly #boundaries = new Boundaries();
  readonly #limits: Limits;
  readonly #defect: StructureEvents['defect'];
  /** The one closed last, as long as no other has gone on: it goes on if its boundary comes again. */
  #closed: OpenMultipart | null = null;
  readonly #count: PartCount;

  constructor(limits: Limits, defect: StructureEvents['defect'], count: PartCount) {
    this.#limits = limits;
    this.#defect = defect;
    this.#count = count;
  }

  get depth(): number {
    return this.#open.length;
  }

  /** Whether a line can be a delimiter at all. */
  get expected(): boolean {
    return this.#open.length > 0 || this.#closed !== null;
  }

  /** A part turned out to be a multipart. */
  open({ guess: _, ...multipart }: Splitting & { number: string }): void {
    this.forgetClosed();
    for (const boundary of multipart.boundaries) this.#boundaries.add(boundary, this.#open.length);
    this.#open.push({ ...multipart, guessed: null, parts: 0 });
  }

  /** What a line delimits, without its leading `--`; see {@link Boundaries.find}. */
  findDelimiter(line: string): Delimiter | null {
    return this.#boundaries.find(line);
  }

  /** Whether a delimiter is that of the multipart closed last. */
  isClosed({ index }: Delimiter): boolean {
    return index === this.#open.length;
  }

  /** The multipart closed last does not go on. */
  forgetClosed(): void {
    if (this.#closed) this.#forget(this.#closed, this.#open.length);
    this.#closed = null;
  }

  /** Whether a delimiter closes the innermost multipart before it has any part. */
  closesNothing({ index, closes }: Delimiter): boolean {
    return closes && index === this.#open.length - 1 && this.#open[index]?.parts === 0;
  }

  /** The number of the innermost multipart. */
  get number(): string {
    return this.#open.at(-1)?.number ?? '';
  }

  /** A line that looks like a boundary is taken for one of the innermost multipart, whose own does not occur. */
  adopt(boundary: string): void {
    const index = this.#open.length - 1;
    const multipart = this.#open[index] as OpenMultipart;
    multipart.guessed = boundary;
    this.#boundaries.add(boundary, index);
    this.#defect('boundary-guessed', multipart.number);
  }

  /**
   * Ends what a delimiter ends: multiparts within its own, and that one too if it closes it. Gives the place of the
   * part that begins behind it; null when none does, or one beyond the limit.
   */
  pass(delimiter: Delimiter): Place | null {
    const { index, closes } = delimiter;
    if (this.isClosed(delimiter) && this.#closed) {
      if (closes) return null;
      this.#defect('boundary-closed-early', this.#closed.number);
      this.#open.push(this.#closed);
      this.#closed = null;
    } else this.forgetClosed();
    this.#endWithin(index + 1);
    const multipart = this.#open[index] as OpenMultipart;
    if (multipart.parts === 0 && delimiter.boundary !== multipart.guessed)
      this.#settle(multipart, index, delimiter.boundary);
    if (closes) {
      this.#open.pop();
      this.#close(multipart, index);
      return null;
    }
    if (this.#count.parts === this.#limits.parts) {
      this.#defect('parts-too-many');
      return null;
    }
    this.#count.parts++;
    multipart.parts++;
    return this.#placeIn(multipart);
  }

  #placeIn({ number, parts, type, start }: OpenMultipart): Place {
    return {
      number: number === '' ? String(parts) : `${number}.${parts}`,
      within: type,
      first: parts === 1,
      start,
      alternative: this.#open.find((multipart) => multipart.type === 'multipart/alternative')?.number ?? null,
    };
  }

  /** The message is at its end. */
  end(): void {
    this.#endWithin(0);
  }

  /** Of several boundaries that a header names the one that occurs is right. */
  #settle(multipart: OpenMultipart, index: number, boundary: string): void {
    for (const other of multipart.boundaries) if (other !== boundary) this.#boundaries.remove(other, index);
    multipart.boundaries = [boundary];
  }

  /** Its boundaries are looked for further, where no open multipart has them too. */
  #close(multipart: OpenMultipart, index: number): void {
    this.#forget(multipart, index);
    for (const boundary of boundariesOf(multipart))
      if (!this.#boundaries.has(boundary)) this.#boundaries.add(boundary, index);
    this.#closed = multipart;
  }

  #forget(multipart: OpenMultipart, index: number): void {
    for (const boundary of boundariesOf(multipart)) this.#boundaries.remove(boundary, index);
  }

  /** All but the outermost so many end without their closing boundary. */
  #endWithin(depth: number): void {
    while (this.#open.length > depth) {
      const multipart = this.#open.pop() as OpenMultipart;
      this.#forget(multipart, this.#open.length);
      if (multipart.parts > 0) this.#defect('boundary-not-closed', multipart.number);
    }
  }
}

function boundariesOf({ boundaries, guessed }: OpenMultipart): string[] {
  return guessed === null ? boundaries : [...boundaries, guessed];
}
