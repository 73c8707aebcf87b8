import { withoutSecrets } from '../network/redaction.ts';
import { noAnswer, wrongMember } from './invalid-answer.ts';

/** An answer as it came, its body read. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  body: Uint8Array<ArrayBuffer> | null;
}

type Members = Record<string, unknown>;

/** A token that is said to live longer is taken to live for this long. */
const longestLifetimeSeconds = 366 * 24 * 3600;

/** RFC 8628 3.2: what a device code answer says in seconds, within reason; else what is taken for it. */
const deviceSeconds = {
  expires_in: { least: 1, most: 24 * 3600, otherwise: 900 },
  interval: { least: 0.01, most: 300, otherwise: 5 },
} as const;

/**
 * An answer in the form that the library asks for, which is stricter than authorities are. Members that need not be
 * there (RFC 6749 5.1, 6) may be null, empty or odd: then they are left out, and what else was given is kept. What must
 * be there is told by its name. In what is not a token, the secrets of the request do not come back. Throws a Problem.
 */
export function inGoodForm(
  answer: RawAnswer,
  request: { form: URLSearchParams | null; secrets: string[] },
): Response {
  const { status, headers, body } = answer;
  const { form, secrets } = request;
  const members = membersOf(body);
  const asIs = () => new Response(body, { status, headers });
  if (form === null) return asIs();
  if (status < 200 || status > 299)
    return members ? json(status, refusal(members, secrets), headers) : asIs();
  if (!members) throw noAnswer(`${status} with ${whatIs(answer)}`);
  // Some refuse so
  if (isText(members.error) && !isText(members.access_token) && !isText(members.device_code))
    return json(400, refusal(members, secrets), headers);
  return json(200, form.has('grant_type') ? tokens(members) : deviceCode(members, secrets), headers);
}

/** RFC 6749 5.2, and Entra's numbers. */
function refusal({ error, error_description, error_codes }: Members, secrets: string[]): Members {
  const said = (value: unknown) => (isText(value) ? withoutSecrets(value, secrets) : undefined);
  const codes = Array.isArray(error_codes) ? error_codes : [];
  return {
    error: said(error),
    error_description: said(error_description),
    error_codes: codes.map((code) => Number(said(`${code}`))).filter(Number.isSafeInteger),
  };
}

/** RFC 6749 5.1. */
function tokens({ access_token, token_type, expires_in, scope, refresh_token, id_token }: Members): Members {
  // The one that was sent may be worth nothing any more. With an identity token nobody has looked at, nothing is kept
  const rotated = isText(refresh_token) && !isText(id_token) ? refresh_token : null;
  if (!isText(access_token)) throw wrongMember('access_token', 'a text', rotated);
  const type = isText(token_type) ? token_type.trim().toLowerCase() : 'bearer';
  // RFC 6749 7.1: a token of a type that is not understood must not be used
  if (type !== 'bearer') throw wrongMember('token_type', 'Bearer', rotated);
  const lifetime = secondsOf(expires_in);
  return {
    access_token,
    token_type: 'bearer',
    scope: scopeOf(scope),
    // Nothing and less than nothing is what some say whose tokens do not expire
    expires_in: lifetime === null || lifetime <= 0 ? undefined : Math.min(lifetime, longestLifetimeSeconds),
    refresh_token: isText(refresh_token) ? refresh_token : undefined,
    id_token: isText(id_token) ? id_token : undefined,
  };
}

/** RFC 8628 3.2. */
function deviceCode(members: Members, secrets: string[]): Members {
  const { device_code, user_code } = members;
  // What drafts called it, and Google does
  const { verification_uri = members.verification_url } = members;
  if (!isText(device_code)) throw wrongMember('device_code', 'a text');
  if (!isText(user_code) || !/^[\x20-\x7e]{1,100}$/.test(user_code))
    throw wrongMember('user_code', 'a code that a person can type');
  if (!isText(verification_uri) || !isHttps(verification_uri))
    throw wrongMember('verification_uri', 'a URL beginning with https://');
  const seconds = Object.entries(deviceSeconds).map(([name, { least, most, otherwise }]) => {
    const given = secondsOf(members[name]);
    return [name, given === null || given <= 0 ? otherwise : Math.min(Math.max(given, least), most)];
  });
  return {
    device_code,
    user_code: withoutSecrets(user_code, secrets),
    verification_uri: withoutSecrets(new URL(verification_uri).href, secrets),
    ...Object.fromEntries(seconds),
  };
}

function membersOf(body: RawAnswer['body']): Members | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(body ?? new Uint8Array()));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** What came in place of an answer, by its form alone. */
export function whatIs({ headers, body }: Pick<RawAnswer, 'headers' | 'body'>): string {
  if (!body || body.length === 0) return 'nothing in it';
  const [type = ''] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  return /^[\w.+-]+\/[\w.+-]+$/.test(type.trim()) && !/json/.test(type)
    ? `a page (${type.trim()})`
    : 'what is no JSON, or was cut off';
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

export function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

/** Also where they are given as digits; null where they are no number. */
function secondsOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return null;
  return Number.isFinite(Number(value)) ? Number(value) : null;
}

function scopeOf(scope: unknown): string | undefined {
  if (Array.isArray(scope)) return scope.filter(isText).join(' ') || undefined;
  return isText(scope) ? scope : undefined;
}

function json(status: number, members: unknown, headers: Headers): Response {
  const kept = new Headers(headers);
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) kept.delete(name);
  kept.set('content-type', 'application/json');
  return new Response(JSON.stringify(members), { status, headers: kept });
}
