import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { LabCertificates } from './certificates.ts';
import { type Network, startHttps } from './https.ts';
import { openPort, type Port } from './network/port.ts';

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
  /** Something else stands at the address, and answers so whatever is asked; null is the ticket system again. */
  replaceBy(answer: Answer | null): void;
  /** A secret more; null is none. */
  trust(secret: string | null): void;
  /** What the way to it is like; certificates can be shown where it has HTTPS. */
  network: Pick<Port, 'become' | 'connections'> & Partial<Pick<Network, 'show'>>;
  stop(): Promise<void>;
}

const ok: Answer = { status: 204 };
const bodyLimit = 16 * 1024 * 1024;

/** Null for one that is too large. */
async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > bodyLimit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Stands in for a ticket system: takes webhooks over HTTP (with certificates HTTPS) on loopback, verifies and records them. */
export async function startReceiver({
  secrets,
  certificates,
}: {
  secrets: string[];
  certificates?: LabCertificates;
}): Promise<LabReceiver> {
  const trusted = secrets.map((secret) => new Webhook(secret));
  const requests: ReceivedRequest[] = [];
  let choose: (request: ReceivedRequest) => Answer = () => ok;
  let standsThere: Answer | null = null;

  const listener: RequestListener = async (incoming, outgoing) => {
    // A webhook takes POST (Standard Webhooks), and what looks whether it is there hands over nothing
    if (incoming.method !== 'POST' && !standsThere) {
      outgoing.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const body = await readBody(incoming);
    if (body === null) return incoming.destroy();
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
    const answer = standsThere ?? choose(request);
    if (answer === 'hang') return;
    if (answer === 'drop') return incoming.socket.destroy();
    if ('endless' in answer) return answerEndlessly(outgoing, answer.status);
    if ('broken' in answer)
      return outgoing
        .writeHead(answer.status, { 'content-length': 1000 })
        .write('the beginning', () => outgoing.destroy());
    if (answer.delayMilliseconds) await sleep(answer.delayMilliseconds);
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const { origin, network, stop } = certificates
    ? await listenEncrypted(listener, certificates)
    : await listen(listener);

  return {
    url: `${origin}/mail`,
    requests,
    answer: (by) => {
      choose = by;
    },
    replaceBy: (answer) => {
      standsThere = answer;
    },
    trust: (secret) => void (secret && trusted.push(new Webhook(secret))),
    network,
    stop,
  };
}

async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  const port = await openPort((socket) => server.emit('connection', socket));
  return { origin: `http://127.0.0.1:${port.port}`, network: port, stop: port.stop };
}

async function listenEncrypted(listener: RequestListener, certificates: LabCertificates): Promise<Listening> {
  const { server, ...listening } = await startHttps(certificates);
  server.on('request', listener);
  return listening;
}

interface Listening extends Pick<LabReceiver, 'network' | 'stop'> {
  origin: string;
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
