import { createHash } from 'node:crypto';
import type { Attachment } from '../model/message.ts';
import { decodeBytes } from './charset.ts';
import type { Report } from './defects.ts';
import type { Entity } from './entity.ts';
import { joinFlowedLines } from './flowed.ts';
import type { Part } from './part.ts';
import { createAccumulator } from './pieces.ts';
import { createTransferDecoder } from './transfer-encoding.ts';

/** What becomes of the body of one part: takes its bytes as they lie in the source. */
export interface Body {
  write(bytes: Buffer): void;
  end(): void;
}

/** Text collected from parts of one kind, in the order of the source. */
export interface TextCollection {
  texts: string[];
  /** Decoded bytes that may still be collected. */
  room: number;
}

/** Decodes a text part whole and adds it to a collection, as far as there is room. */
export function createTextBody(entity: Entity, collection: TextCollection, report: Report): Body {
  const decoder = createTransferDecoder(entity.encoding, report);
  const kept = createAccumulator();
  let cut = false;
  const keep = (decoded: Buffer) => {
    if (decoded.length > collection.room) cut = true;
    kept.add(decoded.subarray(0, collection.room));
    collection.room -= Math.min(collection.room, decoded.length);
  };
  return {
    write: (bytes) => keep(decoder.write(bytes)),
    end() {
      keep(decoder.end());
      let bytes = kept.bytes();
      if (cut) {
        report('text-too-long');
        // At a line end, so that no character is cut in two.
        bytes = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
      }
      collection.texts.push(readText(bytes, entity, report));
    },
  };
}

/** Text with line feeds as line ends; flowed lines joined (RFC 3676). */
function readText(bytes: Buffer, entity: Entity, report: Report): string {
  const { text, defect } = decodeBytes(bytes, entity.charset);
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
  part: Part,
  entity: Entity,
  attachments: Attachment[],
  report: Report,
): Body {
  const decoder = createTransferDecoder(entity.encoding, report);
  const hash = createHash('sha256');
  let size = 0;
  let length = 0;
  const measure = (decoded: Buffer) => {
    size += decoded.length;
    hash.update(decoded);
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
      });
    },
  };
}
