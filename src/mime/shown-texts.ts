import type { Attachment, UnderstoodContent } from '../model/message.ts';
import type { Limits } from './limits.ts';

/** A text or html part that is shown, decoded. */
export interface ShownText {
  type: 'text' | 'html';
  content: string;
  /** See {@link Part.alternative}. */
  alternative: string | null;
}

/** What the parts of a message bring, in the order of the source. */
export function createCollection(limits: Limits) {
  const shown: ShownText[] = [];
  return {
    attachments: [] as Attachment[],
    /** Decoded bytes that may still be collected. */
    room: { text: limits.textBytes, html: limits.textBytes },
    add: (text: ShownText): unknown => shown.push(text),
    texts: () => joinTexts(shown),
  };
}

export type Collection = ReturnType<typeof createCollection>;

/**
 * Text and html, each joined. Where html stands beside text and not as an alternative to it, the text alone would not
 * be all that a reader shows (RFC 8621 4.1.4): `textOrder` then tells what is.
 */
function joinTexts(shown: readonly ShownText[]): Pick<UnderstoodContent, 'text' | 'html' | 'textOrder'> {
  const written = shown.filter(({ content }) => content !== '');
  const told = new Set(
    written.filter((text) => text.type === 'text' && !isBlank(text)).map((text) => text.alternative),
  );
  const isCovered = ({ type, alternative }: ShownText) =>
    type === 'html' && alternative !== null && told.has(alternative);
  const mixed = told.size > 0 && written.some((text) => text.type === 'html' && !isCovered(text));
  return {
    text: join(shown, 'text'),
    html: join(shown, 'html'),
    ...(mixed && {
      textOrder: written.map((text) => ({
        type: text.type,
        length: text.content.length,
        shown: !isCovered(text),
      })),
    }),
  };
}

function isBlank({ content }: ShownText): boolean {
  return content.trim() === '';
}

function join(shown: readonly ShownText[], type: ShownText['type']): string | null {
  const contents = shown.filter((text) => text.type === type).map(({ content }) => content);
  return contents.length === 0 ? null : contents.filter((content) => content !== '').join('\n');
}
