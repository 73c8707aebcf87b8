import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { SocketAddress } from '../config/socket.ts';

/** Letterbox, opened in this process for one command. */
export interface OpenedApi {
  api: { fetch(request: Request): Response | Promise<Response> };
  close(): Promise<void>;
}

export interface Reply {
  status: number;
  body: Readable;
}

/** One request to the API, whichever way it goes. */
export type Send = (method: string, path: string, body: unknown, more: HeaderFields) => Promise<Reply>;

/** Header fields beside those that every request has. */
export type HeaderFields = Record<string, string>;

const contentType = { 'content-type': 'application/json' };

/** Over the socket of a running server. */
export function overSocket({ address }: SocketAddress): Send {
  return (method, path, body, more) =>
    new Promise((resolve, reject) => {
      const headers = { ...contentType, ...more };
      const request = httpRequest({ socketPath: address, method, path, headers, agent: false }, (response) =>
        resolve({ status: response.statusCode ?? 0, body: response }),
      );
      request.on('error', reject);
      request.end(encode(body));
    });
}

/** Without a network, to the API in this process. */
export function inProcess({ api }: OpenedApi): Send {
  return async (method, path, body, more) => {
    const headers = { ...contentType, ...more };
    const request = new Request(`http://localhost${path}`, { method, headers, body: encode(body) });
    const response = await api.fetch(request);
    return {
      status: response.status,
      body: response.body ? Readable.fromWeb(response.body as ReadableStream) : Readable.from([]),
    };
  };
}

function encode(body: unknown): string | null {
  return body === undefined ? null : JSON.stringify(body);
}

/**
 * Whether a server listens on a socket. A file that nobody listens on, left by a killed server, is none.
 * Rejects when the file system does not let us find out.
 */
export function isListening({ address }: SocketAddress): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(false);
      else reject(error);
    });
  });
}
