import { createHmac, randomBytes } from 'node:crypto';

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
