import type { UnderstoodContent } from '../model/message.ts';
import { type Body, createAttachmentBody, createTextBody, type Wrapper } from './bodies.ts';
import type { DefectCode, Defects, Report } from './defects.ts';
import { type Entity, readEntity } from './entity.ts';
import type { Field } from './fields.ts';
import type { Header } from './headers.ts';
import type { Limits } from './limits.ts';
import { readMessageFields } from './message-fields.ts';
import type { Part, PartCount, Splitting, StructureEvents } from './part.ts';
import { createPreamble } from './preamble.ts';
import { type Collection, createCollection } from './shown-texts.ts';
import { Structure } from './structure.ts';
import { createTransferDecoder } from './transfer-encoding.ts';

type PartEvents = Pick<StructureEvents, 'begin' | 'body' | 'divide' | 'end'>;

/**
 * Makes a message's content of its parts, in the order they are found: text and html parts that are to be shown
 * are joined, all others are attachments; a message within the message is one of those, kept whole.
 */
export function createContent(
  limits: Limits,
  defects: Defects,
  count: PartCount,
): PartEvents & { finish(): UnderstoodContent } {
  const collection = createCollection(limits);
  const parts = createPartReader({ collection, limits, defects, count, wrapper: null });
  let fields: Field[] = [];
  return {
    ...parts,
    begin(part, header) {
      if (part.within === null) fields = header.fields;
      return parts.begin(part, header);
    },
    finish: () => ({
      ...readMessageFields(fields, limits, (code) => defects.add(code)),
      ...collection.texts(),
      attachments: collection.attachments,
      defects: defects.list(),
    }),
  };
}

interface Reading {
  collection: Collection;
  limits: Limits;
  defects: Defects;
  count: PartCount;
  /** The encoded multipart that the parts lie in, if any. */
  wrapper: Wrapper | null;
}

/** What becomes of each part; `body` is that of a part that has begun already. */
function createPartReader(reading: Reading, body: Body | null = null): PartEvents {
  const { defects, wrapper } = reading;
  let current = body;

  function begin(part: Part, header: Header): ReturnType<PartEvents['begin']> {
    const report = (code: DefectCode) => defects.add(code, part.number);
    const defaultType = part.within === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    const entity = readEntity(header.fields, { defaultType, ofMessage: part.within === null }, report);
    const { multipart } = entity;
    if (multipart && part.divisible) {
      if (multipart.type === 'multipart/encrypted') report('openpgp-encrypted');
      const encoded = entity.encoding === 'base64' || entity.encoding === 'quoted-printable';
      if (encoded) report('encoding-of-multipart');
      current =
        encoded && !wrapper
          ? createEncodedMultipart(part, entity, reading, report)
          : preambleOf(part, entity, reading, report);
      return multipart;
    }
    if (multipart && multipart.boundaries.length > 0) report('nesting-too-deep');
    else if (multipart) entity.type = 'text/plain';
    current = bodyOf(part, entity, reading, report);
    return null;
  }

  return {
    begin,
    body: (bytes) => current?.write(bytes),
    divide() {
      current?.divide?.();
      current = null;
    },
    end() {
      current?.end();
      current = null;
    },
  };
}

/** What stands before the first boundary; it is read as the body if no boundary comes. */
function preambleOf(part: Part, entity: Entity, reading: Reading, report: Report): Body {
  const type = entity.type.startsWith('multipart/') ? 'text/plain' : entity.type;
  // A text needs no boundary.
  const told: Report = (code) => {
    if (!entity.misnamed || code !== 'boundary-not-found') report(code);
  };
  return createPreamble((heldBack) => bodyOf(part, { ...entity, type }, reading, heldBack), told);
}

function bodyOf(part: Part, entity: Entity, { collection, wrapper }: Reading, report: Report): Body {
  return isShown(part, entity)
    ? createTextBody(part, entity, collection, report)
    : createAttachmentBody({ part, entity, wrapper }, collection.attachments, report);
}

/**
 * Whether a part is read as text of the message, not kept as a file (RFC 8621 4.1.4): one that has a file name only
 * where it comes first, or is an alternative without a disposition; of a `multipart/related` only the root, where the
 * others are there to be referred to (RFC 2387 3.2).
 */
function isShown(part: Part, { type, disposition, filename, contentId }: Entity): boolean {
  if (disposition === 'attachment' || (type !== 'text/plain' && type !== 'text/html')) return false;
  const root = part.start === null ? part.first : part.start === contentId;
  if (part.within === 'multipart/related' && !root && contentId !== null) return false;
  const alternative = part.within === 'multipart/alternative' && disposition === null;
  return part.first || alternative || filename === null;
}

/**
 * A multipart that was encoded as a whole, against RFC 2045 6.4: its body is decoded, and its parts are looked for in
 * that. What lies in the source as it is was not encoded after all; then this is let go.
 */
function createEncodedMultipart(part: Part, entity: Entity, reading: Reading, report: Report): Body {
  const { limits, defects, count } = reading;
  const multipart = entity.multipart as Splitting;
  const decoder = createTransferDecoder(entity.encoding);
  const wrapper = { encoding: entity.encoding as Wrapper['encoding'], offset: part.offset, length: 0 };
  const inner = { ...reading, wrapper };
  const preamble = preambleOf({ ...part, offset: 0 }, { ...entity, encoding: 'binary' }, inner, report);
  const parts = createPartReader(inner, preamble);
  const structure = new Structure({ ...parts, afterHeader() {}, defect: defects.add }, limits, count);
  structure.within({ ...multipart, guess: true, number: part.number });
  return {
    write(bytes) {
      wrapper.length += bytes.length;
      structure.write(decoder.write(bytes));
    },
    end() {
      structure.write(decoder.end());
      structure.end();
    },
  };
}
