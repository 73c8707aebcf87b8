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

/** `why`: what stood in the way each time, in the words of the protocol. */
export function unreadable(server: MailServer, position: Position, why: Problem): Problem {
  return notGiven(server, position, `${why.title}${why.detail ? ` (${why.detail})` : ''}`, {
    cause: 'Others can be read: the message is damaged on the server, or the server cannot convert it.',
    remedy:
      'It is asked for again by itself. Open it in a mail program; if it can be read there, move it out and back in, ' +
      'or process it again here.',
  });
}

/** A message at which the reading of its mailbox stopped so many times; `last` itself where it is about the message. */
export function givenUp(server: MailServer, position: Position, stops: number, last: Problem): Problem {
  if (last.retry === 'no') return last;
  return notGiven(server, position, `reading stopped at it ${stops} times, last because: ${last.title}`, {
    cause: 'The message is damaged on the server, or so large that the connection breaks before its end.',
    remedy:
      'It is asked for again by itself. Open it in a mail program; if it can be read there, process it again here.',
  });
}

function notGiven(
  server: MailServer,
  position: Position,
  what: string,
  words: Pick<ProblemFields, 'cause' | 'remedy'>,
): Problem {
  return new Problem({
    code: 'message.unreadable',
    kind: 'message',
    title: 'The mail server does not give a message',
    detail: `${placeOf(server, position)}: ${what}`,
    ...words,
    retry: 'later',
  });
}

/** The server listed the message, and says a moment later that it is not there. */
export function absent(server: MailServer, said: string): Problem {
  return new Problem({
    code: 'message.absent',
    kind: 'gone',
    title: 'The mail server listed a message and then did not find it',
    detail: `${at(server)}${saying(said)}`,
    cause: 'It was moved or deleted meanwhile, or the servers behind it do not know of it yet.',
    remedy: 'None is needed: it is asked for again until the mailbox says again and again that it is gone.',
    retry: 'later',
  });
}

/** The session goes on, but of this message it gives nothing. */
export function nothingGiven(server: MailServer): Problem {
  return new Problem({
    code: `${server.protocol}.nothing-given`,
    kind: 'refused',
    title: 'The mail server answers, but gives nothing of a message',
    detail: at(server),
    remedy: noneIfItPasses,
    retry: 'later',
  });
}
