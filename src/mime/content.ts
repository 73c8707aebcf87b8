import type { Attachment, MessageContent } from '../model/message.ts';
import { type Body, createAttachmentBody, createTextBody, type TextCollection } from './bodies.ts';
import type { DefectCode, Defects, Report } from './defects.ts';
import { type Entity, readEntity } from './entity.ts';
import type { Field } from './fields.ts';
import type { Header } from './headers.ts';
import type { Limits } from './limits.ts';
import { readMessageFields } from './message-fields.ts';
import type { Part, StructureEvents } from './part.ts';

type PartEvents = Pick<StructureEvents, 'begin' | 'body' | 'divide' | 'end'>;

/**
 * Makes a message's content of its parts, in the order they are found: text and html parts that are to be shown
 * are joined, all others are attachments; a message within the message is one of those, kept whole.
 */
export function createContent(limits: Limits, defects: Defects): PartEvents & { finish(): MessageContent } {
  const text: TextCollection = { texts: [], room: limits.textBytes };
  const html: TextCollection = { texts: [], room: limits.textBytes };
  const attachments: Attachment[] = [];
  let fields: Field[] = [];
  let body: Body | null = null;

  function begin(part: Part, header: Header): ReturnType<PartEvents['begin']> {
    const report = (code: DefectCode) => defects.add(code, part.number);
    if (part.within === null) fields = header.fields;
    const defaultType = part.within === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    const entity = readEntity(header.fields, defaultType, report);
    if (entity.boundary !== null && part.divisible) {
      body = createPreamble(entity, report);
      return { type: entity.type, boundary: entity.boundary };
    }
    if (entity.boundary !== null) report('nesting-too-deep');
    if (entity.type.startsWith('multipart/') && entity.boundary === null) entity.type = 'text/plain';
    const shown = entity.disposition !== 'attachment';
    if (shown && entity.type === 'text/plain') body = createTextBody(entity, text, report);
    else if (shown && entity.type === 'text/html') body = createTextBody(entity, html, report);
    else body = createAttachmentBody(part, entity, attachments, report);
    return null;
  }

  /** What stands before the first boundary; it becomes text if no boundary comes. */
  function createPreamble(entity: Entity, report: Report): Body {
    const collection: TextCollection = { texts: text.texts, room: text.room };
    const asText = createTextBody({ ...entity, type: 'text/plain' }, collection, report);
    return {
      write: asText.write,
      end() {
        report('boundary-not-found');
        text.room = collection.room;
        asText.end();
      },
    };
  }

  return {
    begin,
    body: (bytes) => body?.write(bytes),
    divide() {
      body = null;
    },
    end() {
      body?.end();
      body = null;
    },
    finish: () => ({
      ...readMessageFields(fields, limits, (code) => defects.add(code)),
      text: joinTexts(text),
      html: joinTexts(html),
      attachments,
      defects: defects.list(),
    }),
  };
}

function joinTexts({ texts }: TextCollection): string | null {
  return texts.length === 0 ? null : texts.filter((text) => text !== '').join('\n');
}
