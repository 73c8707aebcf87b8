import { createHash, type X509Certificate } from 'node:crypto';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import type { LabApp } from './apps.ts';
import type { Refused } from './entra-errors.ts';

/** Clocks differ; Microsoft's own client rounds its time up. */
const clockTolerance = 5 * 60;
export const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Against what assertions are held. */
export interface Expected {
  /** The names that one may be for. */
  audiences: string[];
  /** By the authority's clock. */
  now: Date;
}

/** How an app showed who it is; or Entra's code for why that did not do. */
export type Shown = { method: 'secret' | 'certificate' | 'federated' | 'none' } | Refused;

/**
 * Entra's ways of client authentication, several for one app at the same time: secrets, certificates
 * (Microsoft: certificate credentials), tokens of other issuers (workload identity federation), none.
 */
export async function authenticateApp(
  app: LabApp,
  form: URLSearchParams,
  authorization: string | undefined,
  { audiences, now }: Expected,
): Promise<Shown> {
  const secret = form.get('client_secret') ?? secretOfBasic(authorization);
  const assertion = form.get('client_assertion');
  if (assertion !== null) {
    if (form.get('client_assertion_type') !== jwtBearer)
      return { code: 900144, parameter: 'client_assertion_type' };
    return checkAssertion(app, assertion, { audiences, now });
  }
  if (secret !== null) {
    if (app.publicClient && app.secrets.length === 0) return { code: 700025 };
    return checkSecret(app, secret);
  }
  return app.publicClient ? { method: 'none' } : { code: 7000218 };
}

function checkSecret({ secrets, secretEnds }: LabApp, secret: string): Shown {
  if (!secrets.includes(secret)) return { code: 7000215 };
  const end = secretEnds.get(secret);
  return end && end.getTime() < Date.now() ? { code: 7000222 } : { method: 'secret' };
}

/** RFC 6749 2.3.1: both parts are form-encoded. */
function secretOfBasic(authorization: string | undefined): string | null {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return null;
  const [, secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
  return decodeURIComponent(secret.replaceAll('+', ' '));
}

async function checkAssertion(app: LabApp, assertion: string, expected: Expected): Promise<Shown> {
  let header: ProtectedHeaderParameters;
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(assertion);
    claims = decodeJwt(assertion);
  } catch {
    return { code: 50027 };
  }
  const thumbprints = header as { x5t?: string; 'x5t#S256'?: string };
  const own = thumbprints.x5t ?? thumbprints['x5t#S256'] ?? claims.iss === app.clientId;
  return own
    ? checkCertificate(app, assertion, thumbprints, claims, expected)
    : checkFederated(app, assertion, claims, expected.now);
}

async function checkCertificate(
  app: LabApp,
  assertion: string,
  given: { x5t?: string; 'x5t#S256'?: string },
  claims: JWTPayload,
  { audiences, now }: Expected,
): Promise<Shown> {
  const certificate = app.certificates.find(
    (known) => isOf(known, 'sha256', given['x5t#S256']) || isOf(known, 'sha1', given.x5t),
  );
  if (!certificate) return { code: 700027, parameter: 'The key was not found.' };
  if (Date.parse(certificate.validTo) < now.getTime())
    return { code: 700027, parameter: 'The key used is expired.' };
  if (claims.sub !== app.clientId || claims.iss !== app.clientId) return { code: 700021 };
  const code = await whyNotVerified(
    jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['PS256', 'RS256'],
      audience: audiences,
      requiredClaims: ['exp', 'jti'],
      clockTolerance,
      currentDate: now,
    }),
  );
  return code === null ? { method: 'certificate' } : { code };
}

async function checkFederated(app: LabApp, assertion: string, claims: JWTPayload, now: Date): Promise<Shown> {
  const ofIssuer = app.federated.filter(({ issuer }) => issuer === claims.iss);
  if (ofIssuer.length === 0) return { code: 700211 };
  const ofSubject = ofIssuer.filter(({ subject }) => subject === claims.sub);
  const [trusted] = ofSubject;
  if (!trusted) return { code: 700213 };
  if (claims.aud !== trusted.audience) return { code: 700212 };
  const description = await fetch(`${trusted.issuer}/.well-known/openid-configuration`);
  const { jwks_uri } = (await description.json()) as { jwks_uri: string };
  const code = await whyNotVerified(
    jwtVerify(assertion, createRemoteJWKSet(new URL(jwks_uri)), { clockTolerance, currentDate: now }),
  );
  return code === null ? { method: 'federated' } : { code };
}

async function whyNotVerified(verified: Promise<unknown>): Promise<number | null> {
  try {
    await verified;
    return null;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 700024;
    if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'aud' ? 700023 : 700024;
    return 700027;
  }
}

/** Compared as bytes: some clients write the padding of base64url, which RFC 7515 leaves out. */
function isOf(
  { raw }: X509Certificate,
  algorithm: 'sha1' | 'sha256',
  thumbprint: string | undefined,
): boolean {
  if (thumbprint === undefined) return false;
  return createHash(algorithm).update(raw).digest().equals(Buffer.from(thumbprint, 'base64url'));
}
