import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** One request, as it came; `verified` by the `standardwebhooks` package with any trusted secret. */
export interface ReceivedRequest {
  id: string;
  timestamp: string;
  verified: boolean;
  headers: Record<string, string>;
  body: string;
  at: number;
}

export type Answer =
  | { status: number; headers?: Record<string, string>; body?: string; delayMilliseconds?: number }
  /** Answers with a body that has no end. */
  | { status: number; endless: true }
  /** Closes the connection in the middle of the answer's body. */
  | { status: number; broken: true }
  /** Takes the request and never answers. */
  | 'hang'
  /** Closes the connection without an answer. */
  | 'drop';

export interface LabReceiver {
  url: string;
  requests: ReceivedRequest[];
  /** Chooses each answer; 204 by default. */
  answer(choose: (request: ReceivedRequest) => Answer): void;
  /** A secret more; null is none. */
  trust(secret: string | null): void;
  stop(): Promise<void>;
}

const ok: Answer = { status: 204 };
const bodyLimit = 16 * 1024 * 1024;

/** Stands in for a ticket system: takes webhooks over HTTP on loopback, verifies and records them. */
export async function startReceiver({ secrets }: { secrets: string[] }): Promise<LabReceiver> {
  const trusted = secrets.map((secret) => new Webhook(secret));
  const requests: ReceivedRequest[] = [];
  let choose: (request: ReceivedRequest) => Answer = () => ok;

  const server = createServer(async (incoming, outgoing) => {
    // A webhook takes POST (Standard Webhooks), and what looks whether it is there hands over nothing
    if (incoming.method !== 'POST') {
      outgoing.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming) {
      size += chunk.length;
      if (size > bodyLimit) return incoming.destroy();
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    const headers = incoming.headers as Record<string, string>;
    const request: ReceivedRequest = {
      id: headers['webhook-id'] ?? '',
      timestamp: headers['webhook-timestamp'] ?? '',
      verified: trusted.some((webhook) => verifies(webhook, body, headers)),
      headers,
      body,
      at: Date.now(),
    };
    requests.push(request);
    const answer = choose(request);
    if (answer === 'hang') return;
    if (answer === 'drop') return incoming.socket.destroy();
    if ('endless' in answer) return answerEndlessly(outgoing, answer.status);
    if ('broken' in answer)
      return outgoing
        .writeHead(answer.status, { 'content-length': 1000 })
        .write('the beginning', () => outgoing.destroy());
    if (answer.delayMilliseconds) await sleep(answer.delayMilliseconds);
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;

  return {
    url: `http://127.0.0.1:${port}/mail`,
    requests,
    answer: (by) => {
      choose = by;
    },
    trust: (secret) => void (secret && trusted.push(new Webhook(secret))),
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function answerEndlessly(outgoing: ServerResponse, status: number): void {
  const piece = Buffer.alloc(16 * 1024, 'x');
  const pieces = Readable.from(
    (function* () {
      for (;;) yield piece;
    })(),
  );
  outgoing.writeHead(status);
  // It ends when the other side has had enough.
  pipeline(pieces, outgoing, () => undefined);
}

function verifies(webhook: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
