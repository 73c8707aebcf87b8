import { Tokenizer } from 'htmlparser2';
import { HtmlElements } from './html-elements.ts';
import { TextWriter } from './text-writer.ts';

/** So many characters of html are read; what is written by people has less. */
const longestHtml = 512 * 1024;

/**
 * The text that a reader sees of html: paragraphs, line breaks, bullets, quote marks, what images say of themselves, and
 * where links lead. Goes through the html once, with counters in place of a tree: the time it takes is as its length,
 * however its elements are nested. `cut` tells that it was too long and only its beginning was read.
 */
export function htmlToText(html: string): { text: string; cut: boolean } {
  const read = html.slice(0, longestHtml);
  const writer = new TextWriter();
  const elements = new HtmlElements(writer);
  let name = '';
  let attribute = '';
  let value = '';
  let attributes = new Map<string, string>();
  const open = () => {
    elements.open(name, attributes);
    attributes = new Map();
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: (start, end) => elements.text(read.slice(start, end)),
      ontextentity: (codepoint) => elements.text(String.fromCodePoint(codepoint)),
      onopentagname(start, end) {
        name = read.slice(start, end).toLowerCase();
      },
      onattribname(start, end) {
        attribute = read.slice(start, end).toLowerCase();
        value = '';
      },
      onattribdata(start, end) {
        value += read.slice(start, end);
      },
      onattribentity(codepoint) {
        value += String.fromCodePoint(codepoint);
      },
      onattribend() {
        if (attribute === 'href' || attribute === 'alt') attributes.set(attribute, value);
      },
      onopentagend: open,
      onselfclosingtag: open,
      onclosetag: (start, end) => elements.close(read.slice(start, end).toLowerCase()),
      oncdata: (start, end) => elements.text(read.slice(start, end)),
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  );
  tokenizer.write(read);
  tokenizer.end();
  return { text: writer.text(), cut: html.length > longestHtml };
}
