import { IncomingMessage, type ServerResponse } from 'node:http';

const mostBytes = 64 * 1024;

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > mostBytes) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** The same request with another form in its body, for whoever reads it next. */
export function withForm(request: IncomingMessage, form: URLSearchParams): IncomingMessage {
  const body = Buffer.from(form.toString());
  const next = new IncomingMessage(request.socket);
  const { authorization: _, ...headers } = request.headers;
  Object.assign(next, {
    method: request.method,
    url: request.url,
    headers: { ...headers, 'content-length': String(body.length) },
    // Or else the connection would be taken for broken at its end.
    complete: true,
  });
  next.push(body);
  next.push(null);
  return next;
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
}
