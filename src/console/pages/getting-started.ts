import { html } from 'hono/html';
import type { Guide } from '../../resources/guide.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { icon } from '../components/icon.ts';
import type { Html } from '../html.ts';

/** The way from a fresh installation to the first mail, and set-ups that wait to be gone on with; null where there is neither. */
export function renderGettingStarted({
  guides,
  servers,
}: {
  guides: Guide[];
  servers: readonly Pick<MailServer, 'id'>[];
}): Html | null {
  const underWay = guides.filter(({ serverId }) => serverId === null);
  if (servers.length > 0 && underWay.length === 0) return null;
  return html`<section class="card start" aria-labelledby="start-heading">
    <h2 id="start-heading">${servers.length === 0 ? 'From here to the first mail' : 'Set-ups under way'}</h2>
    ${underWay.length > 0 && html`<ul class="begun">${underWay.map(renderUnderWay)}</ul>`}
    ${
      servers.length === 0 &&
      html`<p>The guide goes with you through Azure and Letterbox, one page a step, with the values to copy, and looks
        after each step whether it is right.</p>
      <p><a class="button${underWay.length > 0 ? '' : ' primary'}" href="/guide">${icon('plus')}Set up a mailbox</a></p>`
    }
  </section>`;
}

function renderUnderWay({ id, name, address }: Guide): Html {
  return html`<li>
    <div><strong>${name}</strong> <span class="faint">${address}</span></div>
    <a class="button primary" href="/guide/${id}">Go on<span class="visually-hidden"> with ${name}</span></a>
  </li>`;
}
