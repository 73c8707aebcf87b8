import type { Position } from '../model/message.ts';
import { noneIfItPasses, Problem, type ProblemFields } from '../model/problem.ts';
import { at, saying } from '../network/wording.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';

/** What goes wrong with one message, in the words that a person reads. */

/** The reading of a message was ended from here, so what was read of it is not the whole. */
export function stopped(server: MailServer): Problem {
  return new Problem({
    code: `${server.protocol}.stopped`,
    kind: 'cancelled',
    title: 'The mailbox was closed while a message was being read',
    detail: at(server),
    remedy: noneIfItPasses,
    retry: 'later',
  });
}

function placeOf(server: MailServer, position: Position): string {
  return `${at(server)}: message ${position.uid} in ${position.folder}`;
}

export function tooLarge(server: MailServer, position: Position, size: number, limit: number): Problem {
  return new Problem({
    code: 'message.too-large',
    kind: 'message',
    title: 'A message is larger than the limit',
    detail: `${placeOf(server, position)} has ${size} bytes, the limit is ${limit}`,
    remedy:
      'It is still on the mail server. Raise intake.maxMessageBytes and process it again, or dismiss it.',
  });
}

export function unreadable(server: MailServer, position: Position, tries: number, said: string): Problem {
  return notGiven({
    detail: `${placeOf(server, position)}, asked ${tries} times${saying(said)}`,
    cause: 'The message is damaged on the server, or the server cannot convert it.',
    remedy:
      'Open it in a mail program; if it can be read there, move it out and back in, or process it again here.',
  });
}

/** A message at which the reading of its mailbox stopped so many times in a row; `last` itself where it is about the message. */
export function givenUp(server: MailServer, position: Position, stops: number, last: Problem): Problem {
  if (last.kind === 'message') return last;
  return notGiven({
    detail: `${placeOf(server, position)}: reading stopped at it ${stops} times, last because: ${last.title}`,
    cause: 'The message is damaged on the server, or so large that the connection breaks before its end.',
    remedy: 'Open it in a mail program; if it can be read there, process it again here.',
  });
}

function notGiven(words: Pick<ProblemFields, 'detail' | 'cause' | 'remedy'>): Problem {
  return new Problem({
    code: 'message.unreadable',
    kind: 'message',
    title: 'The mail server does not give a message',
    ...words,
  });
}
