import type { OpenMultipart } from './boundaries.ts';
import type { DefectCode } from './defects.ts';
import type { Header } from './headers.ts';

/** The message itself, or a part of a multipart. */
export interface Part {
  /** Part number as in IMAP (RFC 3501 6.4.5); empty for the message itself. */
  number: string;
  /** Where its body begins in the source, in bytes. */
  offset: number;
  /** Media type of the multipart it lies in; null for the message itself. */
  within: string | null;
  /** Whether it is the message itself, or the first part of its multipart. */
  first: boolean;
  /** The root of the `multipart/related` it lies in by its Content-ID, where that is named. */
  start: string | null;
  /** Number of the outermost `multipart/alternative` it lies in, at any depth; null outside of those. */
  alternative: string | null;
  /** Whether its own body may be split. */
  divisible: boolean;
}

/** How many parts were found in a message so far. */
export interface PartCount {
  parts: number;
}

/** How a body is to be split. */
export type Splitting = Pick<OpenMultipart, 'type' | 'boundaries' | 'start'> & {
  /** Whether lines that look like a boundary may be taken for one that no header names. */
  guess: boolean;
};

/** What is found in the bytes, in their order. Nothing is given twice, and no bytes are kept here. */
export interface StructureEvents {
  /** A header was read; its body follows. Answers how to split the body, or null to have it as it is. */
  begin(part: Part, header: Header): Splitting | null;
  /** The next bytes of the body of the part begun last; of a multipart, what stands before its first boundary. */
  body(bytes: Buffer): void;
  /** The multipart begun last consists of parts: what was given of its body is preamble. */
  divide(): void;
  /** The body of the part begun last is complete. */
  end(): void;
  /** All bytes behind the header of the message, besides being given as bodies. */
  afterHeader(bytes: Buffer): void;
  defect(code: DefectCode, part?: string): void;
}
