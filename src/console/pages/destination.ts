import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DestinationWithEndpoint } from '../../administration/administration.ts';
import { stateCell } from '../components/cell.ts';
import { copyable } from '../components/copy.ts';
import { buttonForm } from '../components/form.ts';
import { problemPanel } from '../components/problem.ts';
import { destinationStatus } from '../components/status.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import type { Html } from '../html.ts';
import type { ResourceView } from '../resources/view.ts';

/** Destinations; a signing secret is shown only right after it was made. */
export function destinationView({
  administration,
  secrets,
}: PageDeps): ResourceView<DestinationWithEndpoint> {
  const { destinations } = administration;
  return {
    picture: 'destination',
    lead: 'Where messages go. Each gets its own copy, in its own time.',
    empty: 'Messages are stored, but go nowhere. Add the webhook that should get them.',
    detailOf: destinations.targetOf,
    columns: async () => [
      {
        label: 'State',
        cell: (destination) => stateCell(destinationStatus(destination), destination.endpoint.disabled),
      },
      {
        label: 'Mail from',
        cell: ({ servers }) => (servers === null ? 'all servers' : `${servers.length} of the servers`),
      },
      { label: 'Deliveries', cell: ({ id }) => html`<a href="${deliveriesOf(id)}">Show</a>` },
    ],
    form: {
      created(c, { id, signingSecret }) {
        if (typeof signingSecret === 'string') secrets.keep(secretKey(c, id), signingSecret);
        return undefined;
      },
    },
    once(c, { id }) {
      const secret = secrets.take(secretKey(c, id));
      return secret === null ? null : renderSecret(secret);
    },
    async page(c, destination) {
      return {
        lead: destinationStatus(destination),
        actions: html`<a class="button" href="${deliveriesOf(destination.id)}">Deliveries</a>`,
        above: html`${renderDisabled(c, destination)}`,
        below: html`${
          destinations.isSigned(destination) &&
          html`<section class="card"><h2>Signature</h2>${renderSignature(c, destination.id)}</section>`
        }`,
      };
    },
  };
}

export function destinationPages({ administration, secrets }: PageDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  pages.post('/destinations/:id/switch-on', async (c) => {
    const id = c.req.param('id');
    await administration.destinations.switchOn(id);
    return c.redirect(withDone(`/destinations/${id}`, 'destination-switched-on'), 303);
  });
  return pages.post('/destinations/:id/rotate', async (c) => {
    const id = c.req.param('id');
    const { signingSecret } = await administration.destinations.rotateSecret(id);
    secrets.keep(secretKey(c, id), signingSecret);
    return c.redirect(withDone(`/destinations/${id}`, 'secret-rotated'), 303);
  });
}

/** Only the session that made a secret sees it. */
function secretKey(c: ConsoleContext, id: string): string {
  return `${c.get('session')} ${id}`;
}

function deliveriesOf(id: string): string {
  return `/deliveries?destination=${id}`;
}

/** Why nothing goes there, and the button that changes it. */
function renderDisabled(c: ConsoleContext, { id, endpoint }: DestinationWithEndpoint): Html | null {
  const button = buttonForm(c, `/destinations/${id}/switch-on`, 'Switch on again', 'button primary');
  return endpoint.disabled && problemPanel(endpoint.disabled, button);
}

function renderSecret(secret: string): Html {
  return html`<section class="secret" aria-labelledby="secret-heading">
    <h2 id="secret-heading">Signing secret</h2>
    <p>Give it to the receiver now. <strong>It is shown this once</strong> and kept encrypted after that.</p>
    <p>${copyable(secret, 'signing secret')}</p>
  </section>`;
}

function renderSignature(c: ConsoleContext, id: string): Html {
  return html`<p>Every request carries <code>webhook-id</code> (the same at each attempt, so that a receiver can
      drop repeats; what you replay has one of its own, and names the first in
      <code>letterbox-replay-of</code>), <code>webhook-timestamp</code> and <code>webhook-signature</code>. The libraries of
      Standard Webhooks verify them with the signing secret.</p>
    ${buttonForm(c, `/destinations/${id}/rotate`, 'Make a new signing secret')}
    <p class="faint small">The one before stays valid beside the new one for a day, so that nothing is
      refused meanwhile.</p>`;
}
