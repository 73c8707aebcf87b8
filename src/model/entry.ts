import { Problem, type ProblemFields, type ProblemKind } from './problem.ts';

/** One reason for which something goes wrong, and what mends it. */
export interface Cause {
  /** Stable within its entry: `other-account`. */
  name: string;
  /** A sentence. */
  why: string;
  /** What a person does then: the exact click or command. */
  remedy: string;
  /** The one look or command that tells whether this is the cause, where nobody can see it from here. */
  decide?: string;
}

/**
 * Something that can go wrong, as far as it can be told before it happens: what a {@link Problem} is made from, and what
 * the page about its code shows. Texts name what differs from case to case as `{mailbox}`; see {@link placeholders}.
 */
export interface Entry {
  /** That of its problems; `*.unreachable` where each protocol has one of its own: `imap.unreachable`. */
  code: string;
  kind: ProblemKind;
  title: string;
  /** Why, where there is but one reason. */
  why?: string;
  /** Several reasons that look the same, the likeliest first. */
  causes?: readonly [Cause, Cause, ...Cause[]];
  /** Where there are several reasons, what is done before it is known which. */
  remedy: string;
  /** Whether waiting can help; `no` by default. */
  retry?: 'no' | 'later';
  /** What the other side says then, word for word, so that it can be looked up. */
  said?: readonly string[];
}

/** What entries may name, and how it is called where it is not known. */
export const placeholders = {
  mailbox: 'address of the mailbox',
  account: 'account that consented',
  profile: 'credential profile',
  server: 'email server',
  host: 'host',
  port: 'port',
  role: 'server',
  protocol: 'IMAP, POP3',
  scope: 'delegated permission',
  scopeUrl: 'the same as a scope',
  appRole: 'application permission',
  defaultScope: 'scope of the app by itself',
  api: 'API of the permission',
  cmdlet: 'Imap, Pop',
  clientId: 'client ID',
  objectId: 'object ID of the Enterprise application',
  tenant: 'tenant ID',
  redirectUri: 'redirect URI',
  folder: 'folder',
  doing: 'do what was asked',
} as const;

export type Values = { [name in keyof typeof placeholders]?: string | null | undefined };

/** A text of an entry with the values of a case; what is not known is told as `<client ID>`. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (written, name: string) => {
    if (!Object.hasOwn(placeholders, name)) return written;
    const key = name as keyof typeof placeholders;
    return values[key] ?? `<${placeholders[key]}>`;
  });
}

/** The reasons of an entry, the likeliest first. */
export function causesOf({ why, remedy, causes }: Entry): readonly Cause[] {
  if (causes) return causes;
  return why === undefined ? [] : [{ name: 'cause', why, remedy }];
}

/** A cause of an entry by its name. */
export function causeNamed({ code, causes }: Entry, name: string): Cause {
  const found = causes?.find((cause) => cause.name === name);
  if (!found) throw new Error(`${code} has no cause ${name}`);
  return found;
}

/** What differs from case to case. */
export interface Case extends Pick<ProblemFields, 'detail' | 'retry'> {
  /** What the code of a family begins with: `imap`. */
  of?: string;
  values?: Values;
  /** The cause, where it is known which. */
  cause?: Cause;
}

/** The problem that an entry is in this case. */
export function problemOf(
  entry: Entry,
  { of = '', values, cause, ...particulars }: Case,
  origin?: unknown,
): Problem {
  const { kind, retry = 'no' } = entry;
  const why = cause ? cause.why : whyOf(entry);
  return new Problem(
    {
      code: entry.code.replace('*', of),
      kind,
      title: fill(entry.title, values),
      ...(why !== undefined && { cause: fill(why, values) }),
      remedy: fill((cause ?? entry).remedy, values),
      retry,
      ...particulars,
    },
    origin,
  );
}

function whyOf({ why, causes }: Entry): string | undefined {
  return causes ? `One of these: ${causes.map((cause, at) => `(${at + 1}) ${cause.why}`).join(' ')}` : why;
}
