import { createMessageParser, parseMessage } from '../../src/mime/parser.ts';
import type { MessageContent, UnderstoodContent } from '../../src/model/message.ts';

/** A mail of these lines, one character a byte, each ended by CRLF but the last. */
export function mail(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** What is understood of a mail, and stored: no text is made of its html. */
export function understand(bytes: Uint8Array): UnderstoodContent {
  const parser = createMessageParser();
  parser.write(bytes);
  return parser.end().content;
}

/** What is read of a mail of these lines. */
export function read(...lines: string[]): MessageContent {
  return parseMessage(mail(...lines)).content;
}

/** The words of a message's defects. */
export function defectsOf(content: MessageContent): string[] {
  return content.defects.map((defect) => defect.slice(0, defect.indexOf(':')));
}
