import { type Json, Malformed, Refusal, readJson, readRefusal, version } from '../../network/graph.ts';
import { createHttpsClient, type HttpsClient } from '../../network/https.ts';
import { thrownWithoutSecrets } from '../../network/redaction.ts';
import { userAgent } from '../../network/user-agent.ts';
import type { Peer } from '../../network/wording.ts';

/**
 * The directory part of Microsoft Graph, on behalf of the administrator who has signed in. Its errors are those of the
 * network, {@link Refusal}s and {@link Malformed}, without the token.
 */
export interface Directory {
  /** Null where there is no such object, or none that is known there yet. */
  find(path: string): Promise<Json | null>;
  /** All pages of a collection. */
  list(path: string): Promise<Json[]>;
  /** The answer's JSON; empty where there is none. */
  send(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: Json | null,
    headers?: Record<string, string>,
  ): Promise<Json>;
  /** Ends every connection. */
  close(): void;
}

const silenceMs = 60_000;
/** What an app has been granted fits on one; nobody follows links for ever. */
const mostPages = 20;

/** Where the directory is, as people are told. */
export function peerAt(graph: string): Peer & { certificateAuthority: null } {
  const { hostname, port } = new URL(graph);
  return {
    name: 'Microsoft Graph',
    protocol: 'directory',
    host: hostname,
    port: Number(port || 443),
    security: 'tls',
    certificateAuthority: null,
  };
}

/** `graph`: its origin. `token`: shown there and nowhere else. Opens no connection yet. */
export function openDirectory(graph: string, token: string, signal: AbortSignal): Directory {
  let https: HttpsClient | undefined;

  async function request(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    target: string,
    body: Json | null,
    more: Record<string, string> = {},
  ): Promise<Json> {
    https ??= createHttpsClient(peerAt(graph), { connections: 1, silenceMs });
    const headers = {
      authorization: `Bearer ${token}`,
      'user-agent': userAgent,
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...more,
    };
    try {
      const content = body === null ? {} : { body: JSON.stringify(body) };
      const response = await https.request({ method, target, headers, signal, ...content });
      if (response.status < 200 || response.status >= 300) throw await readRefusal(response);
      return await readJson(response);
    } catch (error) {
      throw thrownWithoutSecrets(error, [token]);
    }
  }

  return {
    async find(path) {
      try {
        return await request('GET', `${version}${path}`, null);
      } catch (error) {
        if (isNotThere(error)) return null;
        throw error;
      }
    },
    async list(path) {
      const found: Json[] = [];
      let next: unknown = `${version}${path}`;
      for (let pages = 0; typeof next === 'string'; pages++) {
        if (pages === mostPages) throw new Malformed('pages without an end');
        const page = await request('GET', next, null);
        if (!Array.isArray(page.value)) throw new Malformed('a collection without values');
        found.push(...page.value);
        next = page['@odata.nextLink'];
      }
      return found;
    },
    send: (method, path, body, headers) => request(method, `${version}${path}`, body, headers),
    close: () => https?.close(),
  };
}

/** Graph says the same of what was never made and of what is not known everywhere yet. */
export function isNotThere(error: unknown): boolean {
  return error instanceof Refusal && error.status === 404;
}

/** A key of an object in a path: in quotes, which are doubled within (OData 4.01 URL conventions 5.1.1.6.1). */
export function keyIn(collection: string, name: string, value: string): string {
  return `/${collection}(${name}='${encodeURIComponent(value.replaceAll("'", "''"))}')`;
}
