import { html } from 'hono/html';
import type { DeliveryTarget, NamedTarget } from '../../model/delivery.ts';
import type { Html } from '../html.ts';

const pages: Record<DeliveryTarget['kind'], string> = {
  destination: '/destinations',
  'outgoing-server': '/outgoing-servers',
};

/** The name of where a delivery goes, as a link to its page; its id where it is gone. */
export function targetLink(targets: NamedTarget[], { kind, id }: DeliveryTarget): Html {
  const found = targets.find((target) => target.id === id);
  return found ? html`<a class="strong" href="${pages[kind]}/${id}">${found.name}</a>` : html`${id}`;
}
