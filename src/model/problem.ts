/**
 * What sort of trouble a problem is, each with the HTTP status (RFC 9110 15) that fits it. Status, retries and pages go
 * by it; the code beside it only names the case.
 */
export const problemKinds = {
  /** What was given is wrong; each wrong field is named. */
  invalid: 422,
  /** The command line cannot be understood. */
  usage: 400,
  /** Nobody is signed in, or the password is wrong. */
  unauthenticated: 401,
  /** Whoever asks may not. */
  forbidden: 403,
  /** There is no such thing, or none that is known here. */
  'not-found': 404,
  /** The address does not take this method. */
  method: 405,
  /** What is set up or under way here does not allow it: in use, taken, done already, not set. */
  conflict: 409,
  /** A person must consent, or consent again. */
  consent: 409,
  /** It was here and is no longer. */
  gone: 410,
  /** Somebody else changed it meanwhile. */
  changed: 412,
  /** The request is larger than what is read of one. */
  'too-large': 413,
  /** The request is in another format than is read. */
  'media-type': 415,
  /** Whoever asks came too often. */
  'rate-limited': 429,
  /** What Letterbox itself did or keeps is wrong. */
  internal: 500,
  /** The authority or the mail server refused the secret, certificate or password itself. */
  credentials: 502,
  /** The mail server refuses what was shown to sign in. */
  'sign-in': 502,
  /** The mail server knows who signs in, but does not open this mailbox to them. */
  denied: 502,
  /** There is no such mailbox on the mail server, or it is switched off for this protocol; others may be read. */
  mailbox: 502,
  /** This one folder is not there or cannot be opened; the mailbox can. */
  folder: 502,
  /** This one message cannot be had, understood or handed over; others can. */
  message: 502,
  /** The other side understood what was asked, and says no. */
  refused: 502,
  /** The other side does not speak as it must: another protocol, no TLS that can be trusted, no fitting sign-in. */
  protocol: 502,
  /** The other side cannot be reached, or is out of order. */
  unavailable: 502,
  /** The outgoing proxy does not lead on: it cannot be reached, refuses, or gets nowhere itself. Nobody behind it was asked. */
  proxy: 502,
  /** The other side asks to be left alone for a while. */
  throttled: 503,
  /** Something else uses it just now; it is soon free. */
  busy: 503,
  /** It was ended from here before its end. */
  cancelled: 503,
  /** This machine stands in the way: a port, a file, the disk. */
  machine: 503,
  /** There is no room to write. */
  full: 507,
} as const satisfies Record<string, number>;

export type ProblemKind = keyof typeof problemKinds;

/** The remedy of what passes. */
export const noneIfItPasses = 'None is needed if it passes: it is tried again by itself.';

/**
 * The one error that reaches a person. Thrown by every layer, shown by console, CLI and API
 * (RFC 9457 `application/problem+json`), kept in the store as the reason of a state.
 * It never holds a secret, a token or mail content.
 */
export interface ProblemFields {
  /** Stable, dotted, lower case with hyphens: `imap.not-connected`, `oauth.AADSTS7000222`. */
  code: string;
  kind: ProblemKind;
  /** What is wrong, in plain words; one sentence without a full stop's worth of jargon. */
  title: string;
  /** The particulars of this case: host, folder, what the server said. */
  detail?: string;
  /** Why it happened, as far as known. */
  cause?: string;
  /** What the person does now: the exact click or command. */
  remedy: string;
  /** Whether trying again by itself can help, and not before when. */
  retry?: 'no' | 'later' | Date;
  /** The input fields that are wrong, when the input is what is wrong. */
  fields?: FieldProblem[];
}

/** One wrong input field. `given` is left out for secrets. */
export interface FieldProblem {
  /** Dotted path as the person wrote it: `tls.certificate`, `port`. */
  field: string;
  expected: string;
  given?: string;
  /** Where it was written: `letterbox.yaml:12`, `environment variable LETTERBOX_LISTEN_PORT`. */
  where?: string;
}

/** What is expected where nothing was given that must be. */
export const someValue = 'a value';

/** A {@link ProblemFields} with its instant as ISO 8601, as stored and sent. */
export type ProblemJson = Omit<ProblemFields, 'retry'> & { retry: string };

export class Problem extends Error {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly title: string;
  readonly detail: string | undefined;
  override readonly cause: string | undefined;
  readonly remedy: string;
  readonly retry: 'no' | 'later' | Date;
  readonly fields: FieldProblem[] | undefined;
  /** The underlying error, for a debugger; never serialised (it may quote mail or tokens). */
  readonly #origin: unknown;

  constructor(problem: ProblemFields, origin?: unknown) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title);
    this.name = 'Problem';
    this.code = problem.code;
    this.kind = problem.kind;
    this.title = problem.title;
    this.detail = problem.detail;
    this.cause = problem.cause;
    this.remedy = problem.remedy;
    this.retry = problem.retry ?? 'no';
    this.fields = problem.fields;
    this.#origin = origin;
  }

  /** The error that this problem explains, if there was one. */
  get origin(): unknown {
    return this.#origin;
  }

  /** The same problem, some of it said otherwise. */
  with(changes: Partial<ProblemFields>): Problem {
    return new Problem({ ...this.toJSON(), retry: this.retry, ...changes }, this.#origin);
  }

  /** The same problem, to be tried again by itself: not before an instant, or at the next occasion. */
  retriedAt(when: Date | 'later'): Problem {
    return this.with({ retry: when });
  }

  /** The same problem, but tried again by itself if it was not to be. */
  retriable(): Problem {
    return this.retry === 'no' ? this.retriedAt('later') : this;
  }

  toJSON(): ProblemJson {
    return {
      code: this.code,
      kind: this.kind,
      title: this.title,
      ...(this.detail !== undefined && { detail: this.detail }),
      ...(this.cause !== undefined && { cause: this.cause }),
      remedy: this.remedy,
      ...(this.fields !== undefined && { fields: this.fields }),
      retry: this.retry instanceof Date ? this.retry.toISOString() : this.retry,
    };
  }

  /** The inverse of {@link Problem.toJSON}. What an earlier release stored may lack kind and remedy. */
  static fromJSON(json: Omit<ProblemJson, 'kind' | 'remedy'> & Partial<ProblemJson>): Problem {
    const { kind = 'internal', remedy = noneIfItPasses } = json;
    const retry = json.retry === 'no' || json.retry === 'later' ? json.retry : new Date(json.retry);
    return new Problem({ ...json, kind, remedy, retry });
  }

  /** Any thrown value as a problem; what is not one becomes `internal`, its message kept out of sight. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(
      {
        code: 'internal',
        kind: 'internal',
        title: 'Something unexpected went wrong inside Letterbox',
        detail: error instanceof Error ? error.name : typeof error,
        remedy: 'Look at the log around this time and report it with the log line.',
        retry: 'later',
      },
      error,
    );
  }
}

/** Input that was refused; names each wrong field. Nothing has been changed. */
export function invalidInput(fields: FieldProblem[]): Problem {
  const named = fields.map(
    (f) =>
      `${f.field}: expected ${f.expected}${f.given === undefined ? '' : `, got ${f.given}`}${f.where ? ` (${f.where})` : ''}`,
  );
  return new Problem({
    code: 'input.invalid',
    kind: 'invalid',
    title: fields.length === 1 ? 'One field is wrong' : `${fields.length} fields are wrong`,
    detail: named.join('; '),
    remedy: 'Correct the named fields and try again. Nothing was changed.',
    fields,
  });
}

/** There is no such thing. `remedy` says where those that there are can be seen. */
export function notFound(title: string, detail: string | undefined, remedy: string): Problem {
  return new Problem({
    code: 'not-found',
    kind: 'not-found',
    title,
    ...(detail !== undefined && { detail }),
    remedy,
  });
}
