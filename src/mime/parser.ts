import { createHash } from 'node:crypto';
import type { UnderstoodContent } from '../model/message.ts';
import { createContent } from './content.ts';
import { createDefects } from './defects.ts';
import { createFingerprint } from './fingerprint.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { Structure } from './structure.ts';
import { withText } from './text-from-html.ts';

/** A message's source, understood. */
export interface ParsedSource {
  content: UnderstoodContent;
  /** Of the source, in bytes. */
  size: number;
  /** Of the source, in lower-case hexadecimal. */
  sha256: string;
  /** See {@link createFingerprint}. */
  fingerprint: string;
}

export interface MessageParser {
  /** Takes the next bytes; they may be cut anywhere, and reused once this returns. */
  write(chunk: Uint8Array): void;
  /** The source is complete. Comes once, last. */
  end(): ParsedSource;
}

/**
 * Parses a message as it streams in. Never fails: what is malformed is read as far as it makes sense and named
 * in `defects`. Memory is bounded by the limits, whatever the size of the message.
 */
export function createMessageParser(limits: Partial<Limits> = {}): MessageParser {
  const bounds = { ...defaultLimits, ...limits };
  const hash = createHash('sha256');
  let size = 0;
  const defects = createDefects();
  const fingerprint = createFingerprint();
  const count = { parts: 0 };
  const content = createContent(bounds, defects, count);
  const structure = new Structure(
    {
      ...content,
      begin(part, header) {
        if (part.within === null) fingerprint.header(header);
        return content.begin(part, header);
      },
      afterHeader: fingerprint.body,
      defect: defects.add,
    },
    bounds,
    count,
  );
  return {
    write(chunk) {
      size += chunk.length;
      hash.update(chunk);
      structure.write(chunk);
    },
    end() {
      if (size === 0) defects.add('source-empty');
      structure.end();
      return {
        content: content.finish(),
        size,
        sha256: hash.digest('hex'),
        fingerprint: fingerprint.digest(),
      };
    },
  };
}

/** Parses a message that is in memory whole, to be read at once: see {@link withText}. */
export function parseMessage(bytes: Uint8Array): ParsedSource {
  const parser = createMessageParser();
  parser.write(bytes);
  const parsed = parser.end();
  return { ...parsed, content: withText(parsed.content) };
}
