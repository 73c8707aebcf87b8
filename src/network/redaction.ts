import { Problem } from '../model/problem.ts';

/** Shorter ones are words like any other: taking them out would take out everything. */
const leastLength = 4;

/** Of a longer one this much is known again, so that also what was cut is taken out. */
const knownLength = 24;

/** What stands in the place of a secret. */
const mark = '[secret]';

/**
 * Takes secrets out of what the other side says, which may repeat what it was sent: as they are, percent-encoded, in
 * JSON, in HTML, and in base64, also within a longer text that was encoded; whatever the case, also where cut short.
 */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...new Set([...secrets].filter((one) => one.length >= leastLength).flatMap(formsOf))];
  if (forms.length === 0) return text;
  // The longest first, so that no rest of one stays behind
  const patterns = forms.toSorted((a, b) => b.length - a.length).map(patternOf);
  return text.replace(new RegExp(patterns.join('|'), 'gi'), mark);
}

function formsOf(secret: string): string[] {
  return [
    secret,
    percentEncoded(secret),
    `${new URLSearchParams([['', secret]])}`.slice(1),
    JSON.stringify(secret).slice(1, -1),
    htmlEscaped(secret),
    ...base64Forms(secret),
  ].filter((form) => form.length >= leastLength);
}

/** Whole first: what is known by its beginning ends at a space or a quote, which a passphrase may contain. */
function patternOf(form: string): string {
  if (form.length <= knownLength + 8) return escaped(form);
  return `${escaped(form)}|${escaped(form.slice(0, knownLength))}[^\\s"'<>]*`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function percentEncoded(secret: string): string {
  return encodeURIComponent(secret.toWellFormed());
}

function htmlEscaped(secret: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return secret.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** Base64 (RFC 4648 4, 5) of a text depends on where it begins among three bytes; what its neighbours change is left off. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    const own = encoded.slice(before === 0 ? 0 : before + 1, whole);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/**
 * Takes secrets out of every text of what was thrown where they had been shown: the words of the other side are in there,
 * for whoever explains it. Gives it back: a Problem as a new one, anything else as it is.
 */
export function thrownWithoutSecrets<E>(error: E, secrets: readonly string[]): E {
  if (error instanceof Problem) {
    const { title, detail, cause, remedy } = error;
    const texts = Object.entries({ title, detail, cause, remedy }).filter((entry) => entry[1] !== undefined);
    return error.with(
      Object.fromEntries(texts.map(([name, text]) => [name, withoutSecrets(`${text}`, secrets)])),
    ) as E;
  }
  if (!(error instanceof Error)) return error;
  const members = error as unknown as Record<string, unknown>;
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return withoutSecrets(value, secrets);
    if (Array.isArray(value)) return value.map(clean);
    return value instanceof Error ? thrownWithoutSecrets(value, secrets) : value;
  };
  for (const name of new Set(['message', 'stack', ...Object.keys(error)]))
    members[name] = clean(members[name]);
  return error;
}
