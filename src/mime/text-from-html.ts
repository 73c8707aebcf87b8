import type { UnderstoodContent } from '../model/message.ts';
import { describeDefect } from './defects.ts';
import { htmlToText } from './html-text.ts';

/**
 * A message as it is read: with a text wherever there is html. Where none was sent, or only some of what a reader
 * shows, it is made of the html and marked `textFromHtml`.
 *
 * It is made when a message is read for somebody, not when it comes in: mailboxes are not held up by it, it takes no
 * room in the store, and messages stored before have it too.
 */
export function withText<Content extends UnderstoodContent>(content: Content): Omit<Content, 'textOrder'> {
  const { textOrder, ...message } = content;
  const { text, html } = message;
  if (html === null || (!textOrder && text !== null && text.trim() !== '')) return message;
  const made = textOrder ? joinInOrder(text ?? '', html, textOrder) : htmlToText(html);
  if (made === null) return message;
  const defects = made.cut ? [...message.defects, describeDefect('text-from-html-cut')] : message.defects;
  return { ...message, text: made.text, textFromHtml: true, defects };
}

/** The pieces of text and html that are shown, in their order; null where the html only says what the text says. */
function joinInOrder(text: string, html: string, order: NonNullable<UnderstoodContent['textOrder']>) {
  const rest = { text, html };
  const shown: string[] = [];
  const written: string[] = [];
  const rendered: string[] = [];
  let cut = false;
  for (const { type, length, shown: isShown } of order) {
    const piece = rest[type].slice(0, length);
    // Behind the line feed that joins it to the next one.
    rest[type] = rest[type].slice(length + 1);
    if (!isShown) continue;
    const made = type === 'html' ? htmlToText(piece) : { text: piece, cut: false };
    cut ||= made.cut;
    (type === 'html' ? rendered : written).push(made.text);
    if (made.text.trim() !== '') shown.push(made.text.trimEnd());
  }
  return saysTheSame(written.join(' '), rendered.join(' ')) ? null : { text: shown.join('\n\n'), cut };
}

/** Some mailers send text and html as parts of equal rank where they mean alternatives. */
function saysTheSame(text: string, rendered: string): boolean {
  const [one, other] = [lettersOf(text), lettersOf(rendered)];
  const shorter = Math.min(one.length, other.length);
  return (
    2 * shorter >= Math.max(one.length, other.length) && one.slice(0, shorter) === other.slice(0, shorter)
  );
}

/** Enough of them to tell. */
function lettersOf(text: string): string {
  return text
    .replace(/<https?:[^<>]{0,2000}>/g, '')
    .slice(0, 20_000)
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}
