import { Problem } from '../../model/problem.ts';
import { createHttpClient } from '../../network/http-client.ts';
import type { Authority } from '../authority.ts';
import { explainFailure, peerAt } from '../network.ts';
import { explainStandard } from '../standard-errors.ts';

const patienceMs = 20_000;
const pageBytes = 256 * 1024;

/**
 * Answers of an authority that knows the app and its redirect URI, and would want to see a person (OpenID Connect Core
 * 3.1.2.6).
 */
const wantsPerson = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
];

/** Of the page that stands in for sending the browser back to where nobody is known (RFC 6749 4.1.2.1). */
const saysNo = [400, 401, 404];

/**
 * Whether an authorization request would be taken: its page is asked for without a person (`prompt=none`), so that an
 * authority which knows app, tenant and redirect URI sends us back, and any other says what it does not know. `url` is
 * that of the request, as a browser would be sent there. Throws the Problem; answers false where nobody can tell.
 */
export async function isRegistered(url: URL, authority: Authority): Promise<boolean> {
  const asked = new URL(url);
  asked.searchParams.set('prompt', 'none');
  const redirectUri = asked.searchParams.get('redirect_uri') ?? '';
  const client = createHttpClient(new URL(asked.origin), { connections: 1, silenceMs: patienceMs });
  try {
    const { status, headers, body } = await client.request({
      method: 'GET',
      target: `${asked.pathname}${asked.search}`,
      headers: { accept: 'text/html' },
      signal: AbortSignal.timeout(patienceMs),
    });
    const location = String(headers.location ?? '');
    if (location.startsWith(`${redirectUri}?`)) {
      body.destroy();
      return backWith(new URL(location).searchParams, authority);
    }
    // Whoever does not know where to send the browser back tells it on a page
    const [code] = /AADSTS\d+/.exec(await readPage(body)) ?? [];
    if (code !== undefined) throw refusedWith('invalid_request', code, authority, status);
    if (saysNo.includes(status)) throw notTaken(asked, status);
    return false;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw await explainFailure(peerAt(asked), error);
  } finally {
    client.close();
  }
}

function backWith(answer: URLSearchParams, authority: Authority): boolean {
  const error = answer.get('error') ?? '';
  if (wantsPerson.includes(error) || answer.has('code')) return true;
  throw refusedWith(error, answer.get('error_description') ?? '', authority, null);
}

function notTaken({ origin, pathname }: URL, status: number): Problem {
  return new Problem({
    code: 'oauth.request-not-taken',
    kind: 'refused',
    title: 'The authority does not take the request to sign in',
    detail: `${origin}${pathname} answered HTTP ${status}`,
    cause: 'It knows no app by this client ID, or not this redirect URI; or nobody is asked at this address.',
    remedy:
      'Compare client ID and redirect URI with the app’s registration at the provider, and the authorization URL with what the provider names.',
  });
}

function refusedWith(
  error: string,
  description: string,
  authority: Authority,
  status: number | null,
): Problem {
  const refusal = { error, description, codes: [], status, retryAfter: null };
  return authority.explain(refusal) ?? explainStandard(refusal);
}

async function readPage(body: AsyncIterable<Buffer>): Promise<string> {
  let page = '';
  for await (const chunk of body) {
    page += chunk.toString('latin1');
    if (page.length > pageBytes) break;
  }
  return page;
}
