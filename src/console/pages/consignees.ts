import { html } from 'hono/html';
import type { Html, PageDeps } from '../context.ts';

/** Where deliveries go: a destination or an outgoing email server, by the id that they name it by. */
export interface Consignee {
  id: string;
  name: string;
  path: string;
}

export async function listConsignees({
  destinations,
  outgoingServers,
}: PageDeps['administration']): Promise<Consignee[]> {
  const [named, outgoing] = await Promise.all([destinations.list(), outgoingServers.list()]);
  return [
    ...named.map(({ id, name }) => ({ id, name, path: `/destinations/${id}` })),
    ...outgoing.map(({ id, name }) => ({ id, name, path: `/outgoing-servers/${id}` })),
  ];
}

export function consigneeLink(consignees: Consignee[], id: string): Html {
  const found = consignees.find((consignee) => consignee.id === id);
  return found ? html`<a class="strong" href="${found.path}">${found.name}</a>` : html`${id}`;
}
