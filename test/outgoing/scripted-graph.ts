import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { LabCertificates } from '../../lab/certificates.ts';

export interface GraphRequest {
  method: string;
  path: string;
  authorization: string;
  contentType: string;
  body: string;
}

export type GraphAnswer = {
  status: number;
  headers?: Record<string, string>;
  code?: string;
  message?: string;
};

/**
 * Answers like Microsoft Graph's `sendMail` as its documentation has it (user-sendmail: MIME in base64, 202 without a
 * body, errors as `{"error":{"code","message"}}`, 400 for what is no base64). It delivers nothing.
 */
export async function startScriptedGraph(certificates: LabCertificates) {
  const { certFile, keyFile } = await certificates.issue();
  const requests: GraphRequest[] = [];
  let choose: (request: GraphRequest) => GraphAnswer | undefined = () => undefined;

  const server = createServer(
    { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        authorization: incoming.headers.authorization ?? '',
        contentType: incoming.headers['content-type'] ?? '',
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(request);
      const { status, headers, code, message } = choose(request) ?? friendly(request);
      outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
      outgoing.end(code === undefined ? '' : JSON.stringify({ error: { code, message: message ?? '' } }));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    requests,
    answer(by: typeof choose) {
      choose = by;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function friendly({ body }: GraphRequest): GraphAnswer {
  return /^[A-Za-z0-9+/\s]+=*$/.test(body)
    ? { status: 202 }
    : {
        status: 400,
        code: 'ErrorMimeContentInvalidBase64String',
        message: 'Invalid base64 string for MIME content.',
      };
}
