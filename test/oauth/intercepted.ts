import type { TestContext } from 'node:test';
import { customFetch } from 'openid-client';
import { network } from '../../src/oauth/network.ts';

/** Steps in before every request to an authority, until the test ends; `ask` sends it on, there or to another URL. */
export function interceptRequests(
  t: TestContext,
  handle: (url: string, ask: (url?: string) => Promise<Response>) => Promise<Response>,
): void {
  const send = network[customFetch];
  network[customFetch] = (url, options) => handle(url, (instead = url) => send(instead, options));
  t.after(() => {
    network[customFetch] = send;
  });
}
