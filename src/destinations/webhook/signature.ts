import { createHmac, randomBytes } from 'node:crypto';

/** What a destination's signing secrets are sealed under, as JSON. */
export const signingSecretsName = 'signing-secrets';

/** Standard Webhooks: secrets of 24 to 64 bytes, written `whsec_` and base64. */
const prefix = 'whsec_';

export interface SigningSecret {
  secret: string;
  /** When it ends, once a newer one has taken its place; null while it is the newest. */
  until: string | null;
}

export function secretsInForce(secrets: SigningSecret[], now: Date): string[] {
  return secrets
    .filter(({ until }) => until === null || until > now.toISOString())
    .map(({ secret }) => secret);
}

/** After a rotation the secrets before it sign for so long beside the new one. */
const overlap = 24 * 60 * 60_000;
/** Each secret makes the header longer. */
const mostSecrets = 5;

/** The secrets after a rotation: the new one, and those before it until they end. Newest first, as they were. */
export function rotated(secrets: SigningSecret[], secret: string, now: Date): SigningSecret[] {
  const until = new Date(now.getTime() + overlap).toISOString();
  const earlier = secrets
    .map((before) => ({ ...before, until: before.until ?? until }))
    .filter((before) => before.until > now.toISOString());
  return [{ secret, until: null }, ...earlier].slice(0, mostSecrets);
}

export function newSigningSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`;
}

/**
 * The three headers of Standard Webhooks (github.com/standard-webhooks/standard-webhooks, specification): the
 * signature is HMAC-SHA256 of `id.timestamp.body`, one for each secret in force, so that a receiver that
 * knows only the old or only the new one accepts it.
 */
export function signatureHeaders(
  id: string,
  at: Date,
  body: string,
  secrets: string[],
): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
