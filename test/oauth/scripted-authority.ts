import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TestContext } from 'node:test';
import type { LabCertificates } from '../../lab/certificates.ts';

/** One answer of the token endpoint. */
export type Answer = (response: ServerResponse, form: URLSearchParams) => void;

/**
 * An authority that answers as the test says, for what the lab's, which keeps to the standards, never would.
 * Any authorization code is good.
 */
export async function startScriptedAuthority(
  t: TestContext,
  certificates: LabCertificates,
): Promise<{ authorizationUrl: string; tokenUrl: string; asked: URLSearchParams[]; answers: Answer[] }> {
  const { certFile, keyFile } = await certificates.issue();
  const asked: URLSearchParams[] = [];
  const answers: Answer[] = [];
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    asked.push(form);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, form);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const origin = `https://localhost:${typeof address === 'object' ? address?.port : 0}`;
  return { authorizationUrl: `${origin}/authorize`, tokenUrl: `${origin}/token`, asked, answers };
}

export function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
