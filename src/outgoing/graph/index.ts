import { failedBy } from '../../delivery/outcome.ts';
import type { CreateSender, MailObject } from '../../delivery/sender.ts';
import type { Outcome } from '../../model/delivery.ts';
import { userOf } from '../../model/mail-server.ts';
import type { Sent } from '../../model/outgoing.ts';
import type { Problem } from '../../model/problem.ts';
import type { TokenSource } from '../../model/token.ts';
import { withFreshToken } from '../../network/fresh-token.ts';
import { createHttpsClient, type HttpsClient, readText } from '../../network/https.ts';
import { withoutSecrets } from '../../network/redaction.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { type Answer, explain, explainAnswer, peerOf, tooLarge } from './explain.ts';
import { encode, largestSource } from './source.ts';

/** Graph lets an application have four requests under way for each mailbox (Microsoft: throttling limits, Outlook). */
const connections = 2;
const silenceMs = 100_000;
const answerBytes = 64 * 1024;

/**
 * Mail by Microsoft Graph's `sendMail`, as MIME: `POST /users/{address}/sendMail`, base64 as text/plain. Graph takes
 * the recipients from the fields of the mail, and sends from the mailbox; it has no envelope. 202 is its only yes.
 */
export const createGraphSender: CreateSender = ({ server, tokens }) => {
  const client = createHttpsClient(peerOf(server), { connections, silenceMs });
  const post = createPost(client, server, tokens);

  async function send(mail: MailObject, signal: AbortSignal): Promise<Sent> {
    const { to } = mail.envelope;
    const all = (outcome: Outcome): Sent => ({
      kind: 'answered',
      answers: to.map((address) => ({ address, outcome })),
    });
    if (mail.size > largestSource) return all({ kind: 'rejected', problem: tooLarge(server, mail.size) });
    const body = await encode(mail);
    let problem: Problem | null;
    try {
      const answer = await post(body, signal);
      problem = answer.status === 202 ? null : explainAnswer(answer, server);
    } catch (error) {
      problem = explain(error, server);
    }
    if (problem === null) return all({ kind: 'accepted' });
    if (problem.retry === 'no') return all({ kind: 'rejected', problem });
    return failedBy(problem);
  }

  return {
    address: server.address,
    concurrency: connections,
    send,
    async verify(signal = AbortSignal.timeout(60_000)) {
      try {
        // The permission to send allows nothing else to be asked. A body that is no mail shows that it would do:
        // those who may not send are refused before anybody looks at it, and nothing is sent.
        const answer = await post('*', signal);
        if (answer.status === 400 && /Mime|base64/i.test(`${answer.code} ${answer.message}`))
          return `Graph lets us send as ${userOf(server)}`;
        throw explainAnswer(answer, server);
      } catch (error) {
        throw explain(error, server);
      }
    },
  };
};

/** One request, with a fresh token where the token is refused. Throws the Problem of one that is refused again. */
function createPost(client: HttpsClient, server: OutgoingServer, tokens: TokenSource | null) {
  const target = `/v1.0/users/${encodeURIComponent(userOf(server))}/sendMail`;

  async function post(token: string, body: string, signal: AbortSignal): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' };
    const response = await client.request({ method: 'POST', target, headers, body, signal });
    const said = errorIn(withoutSecrets(await readText(response.body, answerBytes), [token]));
    const answer = { status: response.status, retryAfter: response.headers['retry-after'], ...said };
    if (answer.status === 401) throw explainAnswer(answer, server);
    return answer;
  }

  return (body: string, signal: AbortSignal): Promise<Answer> =>
    tokens
      ? withFreshToken(tokens, ({ token }) => post(token, body, signal), signal)
      : post('', body, signal);
}

/** `{"error":{"code","message"}}` (Microsoft Graph: error responses). */
function errorIn(text: string): Pick<Answer, 'code' | 'message'> {
  try {
    const { code, message } = JSON.parse(text).error ?? {};
    return { code: String(code ?? ''), message: String(message ?? '') };
  } catch {
    return { code: '', message: '' };
  }
}
