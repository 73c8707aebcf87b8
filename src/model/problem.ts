/**
 * The one error that reaches a person. Thrown by every layer, shown by console, CLI and API
 * (RFC 9457 `application/problem+json`), kept in the store as the reason of a state.
 * It never holds a secret, a token or mail content.
 */
export interface ProblemFields {
  /** Stable, dotted, lower case with hyphens: `imap.not-connected`, `oauth.AADSTS7000222`. */
  code: string;
  /** What is wrong, in plain words; one sentence without a full stop's worth of jargon. */
  title: string;
  /** The particulars of this case: host, folder, what the server said. */
  detail?: string;
  /** Why it happened, as far as known. */
  cause?: string;
  /** What the person does now: the exact click or command. */
  remedy?: string;
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

/** A {@link ProblemFields} with its instant as ISO 8601, as stored and sent. */
export type ProblemJson = Omit<ProblemFields, 'retry'> & { retry: string };

export class Problem extends Error {
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  override readonly cause: string | undefined;
  readonly remedy: string | undefined;
  readonly retry: 'no' | 'later' | Date;
  readonly fields: FieldProblem[] | undefined;
  /** The underlying error, for a debugger; never serialised (it may quote mail or tokens). */
  readonly #origin: unknown;

  constructor(problem: ProblemFields, origin?: unknown) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title);
    this.name = 'Problem';
    this.code = problem.code;
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

  /** The same problem, to be tried again by itself: not before an instant, or at the next occasion. */
  retriedAt(when: Date | 'later'): Problem {
    return new Problem({ ...this.toJSON(), retry: when }, this.#origin);
  }

  /** The same problem, but tried again by itself if it was not to be. */
  retriable(): Problem {
    return this.retry === 'no' ? this.retriedAt('later') : this;
  }

  toJSON(): ProblemJson {
    return {
      code: this.code,
      title: this.title,
      ...(this.detail !== undefined && { detail: this.detail }),
      ...(this.cause !== undefined && { cause: this.cause }),
      ...(this.remedy !== undefined && { remedy: this.remedy }),
      ...(this.fields !== undefined && { fields: this.fields }),
      retry: this.retry instanceof Date ? this.retry.toISOString() : this.retry,
    };
  }

  /** The inverse of {@link Problem.toJSON}. */
  static fromJSON(json: ProblemJson): Problem {
    const retry = json.retry === 'no' || json.retry === 'later' ? json.retry : new Date(json.retry);
    return new Problem({ ...json, retry });
  }

  /** Any thrown value as a problem; what is not one becomes `internal`, its message kept out of sight. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(
      {
        code: 'internal',
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
    title: fields.length === 1 ? 'One field is wrong' : `${fields.length} fields are wrong`,
    detail: named.join('; '),
    remedy: 'Correct the named fields and try again. Nothing was changed.',
    fields,
  });
}
