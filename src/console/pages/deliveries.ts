import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DeliveryState, NamedTarget } from '../../model/delivery.ts';
import { attributes } from '../components/attributes.ts';
import { emptyState } from '../components/empty.ts';
import { link, pager } from '../components/pager.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { readForm, splitList } from '../form.ts';
import { formatCount } from '../format.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { deliveryList } from './delivery-list.ts';
import { readSubjects } from './subjects.ts';

const pageSize = 25;
const stateNames: Record<DeliveryState, string> = {
  pending: 'Pending',
  delivered: 'Delivered',
  dead: 'Dead letters',
};
const states = Object.keys(stateNames) as DeliveryState[];

/** Every message on its way to every destination, every mail on its way out, and *Replay*. */
export function deliveriesPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { deliveries } = administration;
  return new Hono<ConsoleEnv>()
    .get('/deliveries', async (c) => {
      const { state = '', destination = '', before = '' } = c.req.query();
      const chosen = states.find((known) => known === state);
      const [counts, targets, page] = await Promise.all([
        deliveries.counts(),
        deliveries.targets(),
        deliveries.list({
          limit: pageSize,
          ...(chosen && { state: chosen }),
          ...(destination && { destinationId: destination }),
          ...(before && { before }),
        }),
      ]);
      const subjects = await readSubjects(
        administration,
        page.items.map(({ item }) => item),
      );
      return c.html(
        signedInPage(c, {
          title: 'Deliveries',
          lead: 'Each message on its way to each destination, and mail on its way out. Failed attempts are repeated by themselves, for days.',
          content: html`
            ${renderFilter(counts, chosen, destination, targets)}
            ${
              page.items.length === 0
                ? renderNothing(chosen, targets.length > 0)
                : deliveryList(c, page.items, { state: chosen, destination, targets, subjects })
            }
            ${pager('/deliveries', { state, destination }, before, page.next)}`,
        }),
      );
    })
    .post('/deliveries/replay', async (c) => {
      const { ids, one, all, destination = '', back = '' } = await readForm(c);
      const list = link('/deliveries', { state: back, destination });
      const chosen = splitList(one ?? ids, /\n/);
      if (all === undefined && chosen.length === 0) return c.redirect(withDone(list, 'nothing-chosen'), 303);
      await deliveries.replay(
        all === undefined
          ? { ids: chosen }
          : { state: 'dead', ...(destination && { destinationId: destination }) },
      );
      return c.redirect(withDone(list, 'replayed'), 303);
    });
}

function renderFilter(
  counts: Record<DeliveryState, number>,
  chosen: DeliveryState | undefined,
  destination: string,
  targets: NamedTarget[],
): Html {
  const tab = (state: DeliveryState | '', label: string, count: number | null) => {
    const href = link('/deliveries', { state, destination });
    const current = state === (chosen ?? '') ? 'page' : undefined;
    return html`<a${attributes({ href, 'aria-current': current })}>${label}
      ${count !== null && html`<span class="count">${formatCount(count)}</span>`}</a>`;
  };
  return html`<div class="filter">
    <nav class="tabs" aria-label="Deliveries by state">
      ${tab('', 'All', null)}${states.map((state) => tab(state, stateNames[state], counts[state]))}
    </nav>
    <form action="/deliveries" class="search">
      <input type="hidden" name="state" value="${chosen ?? ''}">
      <label><span class="visually-hidden">Destination</span>
        <select name="destination"><option value="">All destinations</option>${targets.map(
          ({ id, name }) =>
            html`<option${attributes({ value: id, selected: id === destination })}>${name}</option>`,
        )}</select></label>
      <button class="button">Show</button>
    </form>
  </div>`;
}

function renderNothing(chosen: DeliveryState | undefined, hasDestinations: boolean): Html {
  if (!hasDestinations)
    return emptyState({
      picture: 'deliveries',
      title: 'No deliveries',
      text: 'Messages are stored but go nowhere until there is a destination.',
      action: { href: '/destinations/new', label: 'Add a destination' },
    });
  if (chosen === 'dead')
    return emptyState({
      picture: 'ok',
      title: 'No dead letters',
      text: 'Every delivery has arrived or is still being tried.',
    });
  return emptyState({
    picture: 'deliveries',
    title: 'Nothing here',
    text: 'Deliveries appear as messages come in.',
  });
}
