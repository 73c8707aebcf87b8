import { request } from 'node:https';
import { text } from 'node:stream/consumers';

/** Graph waits so long for the echo of a validation token, and for the answer to a notification. */
const validationMs = 10_000;
const notificationMs = 3_000;

/** Posts to notification URLs over HTTPS, as Graph does; `ca` signed their certificates. */
export function createNotifier(ca: string) {
  async function post(
    url: URL,
    contentType: string,
    body: string,
    milliseconds: number,
  ): Promise<{ status: number; contentType: string; text: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
    const signal = AbortSignal.timeout(milliseconds);
    request(url, { method: 'POST', ca, signal, headers: { 'content-type': contentType } }, resolve)
      .on('error', reject)
      .end(body);
    const answer = await promise;
    return {
      status: answer.statusCode ?? 0,
      contentType: answer.headers['content-type'] ?? '',
      text: await text(answer),
    };
  }

  return {
    /** Whether the endpoint echoes a token as it must (Microsoft: Receive change notifications through webhooks). */
    async validates(notificationUrl: string): Promise<boolean> {
      const token = `Validation: Testing client application reachability for subscription Request-Id: ${crypto.randomUUID()}`;
      const url = new URL(notificationUrl);
      url.searchParams.set('validationToken', token);
      try {
        const answer = await post(url, 'text/plain; charset=utf-8', '', validationMs);
        return answer.status === 200 && /^text\/plain\b/i.test(answer.contentType) && answer.text === token;
      } catch {
        return false;
      }
    },

    /** The status answered; 0 when there was no answer in time. Not covered: sending again. */
    async notify(notificationUrl: string, value: object[]): Promise<number> {
      const body = JSON.stringify({ value });
      try {
        return (await post(new URL(notificationUrl), 'application/json; charset=utf-8', body, notificationMs))
          .status;
      } catch {
        return 0;
      }
    },
  };
}

export type Notifier = ReturnType<typeof createNotifier>;
