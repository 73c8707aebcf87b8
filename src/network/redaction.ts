/** Shorter ones are words like any other: taking them out would take out everything. */
const leastLength = 4;

/** What stands in the place of a secret. */
const mark = '[secret]';

/**
 * Takes secrets out of what the other side says, which may repeat what it was sent: as they are, percent-encoded, in
 * JSON, in HTML, and in base64, also within a longer text that was encoded.
 */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...new Set([...secrets].filter((one) => one.length >= leastLength).flatMap(formsOf))];
  if (forms.length === 0) return text;
  // The longest first, so that no rest of one stays behind
  const patterns = forms.toSorted((a, b) => b.length - a.length).map(escaped);
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
