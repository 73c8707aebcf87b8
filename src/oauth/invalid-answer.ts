import { Problem, type ProblemFields } from '../model/problem.ts';

/** What the authority answered is not in good order; `words` say how. */
export function invalidAnswer(
  words: Pick<ProblemFields, 'title' | 'detail' | 'cause' | 'remedy' | 'retry'>,
  origin?: unknown,
): Problem {
  return new Problem({ code: 'oauth.answer-invalid', kind: 'protocol', ...words }, origin);
}

/** Something else answered than an authority: a gateway, a sign-in page of the network. It passes, as a rule. */
export function noAnswer(what: string): Problem {
  return invalidAnswer({
    title: 'That is not how an authority answers',
    detail: `it answered ${what}`,
    cause:
      'A proxy, a gateway or the sign-in page of a network answered in its place; or its URL is another page.',
    remedy:
      'None is needed if it passes: it is tried again by itself. If it stays, check the tenant or the URLs of the profile.',
    retry: 'later',
  });
}

/** What came with an answer that cannot be used, and must not be lost: the next refresh token. */
export class RotatedToken {
  readonly refreshToken: string;

  constructor(refreshToken: string) {
    this.refreshToken = refreshToken;
  }
}

/** A member of an answer that must be there (RFC 6749 5.1, RFC 8628 3.2) is not, or is none. Values are never shown. */
export function wrongMember(name: string, expected: string, rotated: string | null = null): Problem {
  const words: Parameters<typeof invalidAnswer>[0] = {
    title: 'The authority’s answer lacks what it must have',
    detail: `${name} is not ${expected}`,
    remedy:
      'None is needed if it passes: it is tried again by itself. If it stays, tell whoever runs the authority.',
    retry: 'later',
  };
  return invalidAnswer(words, rotated === null ? undefined : new RotatedToken(rotated));
}
