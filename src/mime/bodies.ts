import { createHash } from 'node:crypto';
import type { Attachment } from '../model/message.ts';
import { decodeBytes } from './charset.ts';
import type { Report } from './defects.ts';
import type { Entity } from './entity.ts';
import { joinFlowedLines } from './flowed.ts';
import { charsetOfHtml } from './html-charset.ts';
import type { Part } from './part.ts';
import { createAccumulator } from './pieces.ts';
import type { Collection } from './shown-texts.ts';
import { createSmimeDetector } from './smime.ts';
import { createTransferDecoder } from './transfer-encoding.ts';

/** What becomes of the body of one part: takes its bytes as they lie in the source. */
export interface Body {
  write(bytes: Buffer): void;
  /** What was written is the preamble of a multipart. */
  divide?(): void;
  end(): void;
}

/** Where an encoded multipart lies in the source, for what lies in it decoded. */
export type Wrapper = NonNullable<Attachment['wrapper']>;

/** Decodes a text part whole and adds it to those that are shown, as far as there is room. */
export function createTextBody(part: Part, entity: Entity, collection: Collection, report: Report): Body {
  const decoder = createTransferDecoder(entity.encoding, report);
  const kept = createAccumulator();
  const named = entity.type === 'text/html' ? 'html' : 'text';
  const room = collection.room[named];
  let cut = false;
  const keep = (decoded: Buffer) => {
    const left = room - kept.length();
    if (decoded.length > left) cut = true;
    kept.add(decoded.subarray(0, left));
  };
  return {
    write: (bytes) => keep(decoder.write(bytes)),
    end() {
      keep(decoder.end());
      let bytes = kept.bytes();
      collection.room[named] -= bytes.length;
      if (cut) {
        report('text-too-long');
        // At a line end, so that no character is cut in two.
        bytes = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
      }
      const content = readText(bytes, entity, report);
      const type = entity.contradicted ? typeOfContent(content) : named;
      collection.add({ type, content, alternative: part.alternative });
    },
  };
}

function typeOfContent(content: string): 'text' | 'html' {
  return /^\s*<(?:!doctype|html|head|body|div|p|table|meta|span|br)\b/i.test(content) ? 'html' : 'text';
}

/** Text with line feeds as line ends; flowed lines joined (RFC 3676). */
function readText(bytes: Buffer, entity: Entity, report: Report): string {
  const within = entity.type === 'text/html' ? charsetOfHtml(bytes) : null;
  const { text, defect } = decodeBytes(bytes, entity.charset, within);
  if (defect) report(defect);
  let lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (lines.includes('\0')) {
    report('null-bytes');
    lines = lines.replaceAll('\0', '\ufffd');
  }
  return entity.flowed && entity.type === 'text/plain' ? joinFlowedLines(lines, entity.deleteSpace) : lines;
}

/** Measures an attachment: its bytes are decoded for size and checksum, and none are kept. */
export function createAttachmentBody(
  { part, entity, wrapper }: { part: Part; entity: Entity; wrapper: Wrapper | null },
  attachments: Attachment[],
  report: Report,
): Body {
  const decoder = createTransferDecoder(entity.encoding, report);
  const smime = createSmimeDetector(entity);
  const hash = createHash('sha256');
  let size = 0;
  let length = 0;
  const measure = (decoded: Buffer) => {
    size += decoded.length;
    hash.update(decoded);
    smime?.write(decoded);
  };
  // What html refers to (RFC 2392) is shown within it even if no disposition says so.
  const embedded = part.within === 'multipart/related' && entity.contentId !== null;
  return {
    write(bytes) {
      length += bytes.length;
      measure(decoder.write(bytes));
    },
    end() {
      measure(decoder.end());
      if (smime) report(smime.kind());
      attachments.push({
        index: attachments.length,
        part: part.number || '1',
        filename: entity.filename ?? entity.locationName,
        contentType: entity.type,
        charset: entity.charset,
        disposition: entity.disposition ?? (embedded ? 'inline' : 'attachment'),
        contentId: entity.contentId,
        size,
        sha256: hash.digest('hex'),
        encoding: entity.encoding,
        offset: part.offset,
        length,
        ...(wrapper && { wrapper }),
      });
    },
  };
}
