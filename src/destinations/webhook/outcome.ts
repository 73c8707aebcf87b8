import type { Outcome } from '../../model/delivery.ts';
import { Problem } from '../../model/problem.ts';
import { explainNetwork } from '../../network/explain.ts';
import { HttpFailure } from '../../network/http-exchange.ts';
import { unreachable } from '../../network/problems.ts';
import { retryAfter } from '../../network/retry-after.ts';
import { type Peer, quote } from '../../network/wording.ts';
import type { Answer } from './request.ts';

/** A destination may ask to be left alone for at most so long. */
const longestRest = 24 * 60 * 60_000;

/** A proxy answers so while what is behind it is down (RFC 9110 15.6). */
const unavailable = [502, 503, 504];

/** Any 2xx is a yes; 410 is never again. */
export function outcomeOf({ status, headers }: Pick<Answer, 'status' | 'headers'>, url: URL): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status === 410) return { kind: 'gone', problem: gone() };
  const after = retryAfter(headers['retry-after'], longestRest);
  if (status < 400)
    return { kind: 'retry', after, rests: true, problem: redirected(status, headers.location, url) };
  return { kind: 'retry', after, rests: status === 429 || status === 503, problem: refused(status) };
}

function gone(): Problem {
  return new Problem({
    code: 'webhook.gone',
    kind: 'refused',
    title: 'The destination wants no more messages',
    detail: '410 Gone',
    remedy: 'Check the URL of the destination, then press Switch on again. Its messages wait until then.',
  });
}

function refused(status: number): Problem {
  return new Problem({
    code: 'webhook.refused',
    kind: unavailable.includes(status) ? 'unavailable' : 'refused',
    title: 'The destination did not accept the message',
    detail: `status ${status}`,
    remedy: 'Look at the destination’s own log for the reason.',
    retry: 'later',
  });
}

function redirected(status: number, location: string | string[] | undefined, url: URL): Problem {
  const target = whereTo([location].flat()[0], url);
  return new Problem({
    code: 'webhook.redirect',
    kind: 'refused',
    title: 'The destination redirects, which is not followed',
    detail: target === null ? `status ${status}` : `status ${status}, to ${target}`,
    remedy: 'Enter the final URL in the destination.',
    retry: 'later',
  });
}

/** Where a `Location` leads (RFC 9110 10.2.2), without what may be secret in it; null for none that can be read. */
function whereTo(location: string | undefined, base: URL): string | null {
  const url = location === undefined ? null : URL.parse(location, base.href);
  if (!url) return null;
  return quote(`${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`);
}

/** What went wrong in the place of an answer, for the delivery's history. */
export function explainFailure(error: unknown, url: URL, timedOut: boolean): Problem {
  if (error instanceof Problem) return error;
  const told = explainNetwork(error, peerAt(url));
  if (told) return told;
  const isSilent = error instanceof HttpFailure && error.reason === 'silent';
  if (timedOut || isSilent) return late(url.host, error);
  if (error instanceof HttpFailure) return unreadable(url.host, error);
  const { code } = error as { code?: unknown };
  return unreachable(
    peerAt(url),
    typeof code === 'string' ? code : 'the connection broke',
    'It is out of order, or something on the way ended the connection.',
    error,
  );
}

function peerAt({ protocol, hostname: host, port }: URL): Peer {
  const isTls = protocol === 'https:';
  return {
    name: 'The destination',
    protocol: 'webhook',
    host,
    port: Number(port || (isTls ? 443 : 80)),
    security: isTls ? 'tls' : 'none',
  };
}

function late(host: string, origin: unknown): Problem {
  return new Problem(
    {
      code: 'webhook.time-out',
      kind: 'unavailable',
      title: 'The destination did not answer in time',
      detail: host,
      remedy: 'Let it answer at once and do its work afterwards, or raise delivery.timeoutSeconds.',
      retry: 'later',
    },
    origin,
  );
}

/** It was reached, and what it answered is no answer: perhaps a yes, but nobody can know. */
function unreadable(host: string, failure: HttpFailure): Problem {
  return new Problem(
    {
      code: 'webhook.answer-unreadable',
      kind: failure.reason === 'broken' ? 'unavailable' : 'protocol',
      title: 'The destination’s answer cannot be read',
      detail: `${host}: ${failure.message}`,
      cause: 'It may have taken the message all the same: it is sent again under the same webhook-id.',
      remedy:
        'Let it answer in HTTP/1.1, with a header below 64 KiB; look at what stands before it, such as a proxy.',
      retry: 'later',
    },
    failure,
  );
}
