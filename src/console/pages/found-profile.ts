import { html } from 'hono/html';
import type { Discovery } from '../../discovery/discovery.ts';
import type { Html } from '../html.ts';
import { addressName } from '../resources/discovery.ts';

/** Where not just one credential profile fits what was found: the way to a new one, filled in by the same address. */
export function profileFor({ address, settings }: Discovery): Html | null {
  const { server = [], profile = [] } = settings;
  if (server.some(({ field }) => field === 'profileId') || profile.length === 0) return null;
  const query = new URLSearchParams({ [addressName]: address });
  return html`<p>No credential profile here, or more than one, fits this mailbox:
    choose one, or <a href="/profiles/new?${query}">add one for it</a>.</p>`;
}
