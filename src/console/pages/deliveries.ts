import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import type { DeliveryState, NamedTarget } from '../../model/delivery.ts';
import { attributes } from '../components/attributes.ts';
import { emptyState } from '../components/empty.ts';
import { link, pager } from '../components/pager.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { readForm, splitList } from '../form.ts';
import { formatCount } from '../format.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { leadRegion } from '../live.ts';
import { livePage } from '../live-page.ts';
import { deliveryList } from './delivery-list.ts';
import { readSubjects } from './subjects.ts';

const pageSize = 25;
const stateNames: Record<DeliveryState, string> = {
  pending: 'Pending',
  delivered: 'Delivered',
  dead: 'Dead letters',
};
const states = Object.keys(stateNames) as DeliveryState[];
const lead =
  'Each message on its way to each destination, and mail on its way out. Failed attempts are repeated by themselves, for days.';

/** Every message on its way to every destination, every mail on its way out, and *Replay*. */
export function deliveriesPages({ administration, live }: PageDeps): Hono<ConsoleEnv> {
  const { deliveries } = administration;
  const list = livePage(live, {
    path: '/deliveries',
    load: (c) => readDeliveries(administration, c.req.query()),
    regions: (c, found) => ({
      [leadRegion]: html`${lead}`,
      states: renderStates(found),
      deliveries: renderList(c, found),
    }),
    render: (c, { asked, targets }, region) =>
      signedInPage(c, {
        title: 'Deliveries',
        lead: region(leadRegion),
        lives: true,
        content: html`<div class="filter">
            ${region('states')}
            ${renderTargets(asked, targets)}
          </div>
          ${region('deliveries')}`,
      }),
  });
  return list.post('/deliveries/replay', async (c) => {
    const { ids, one, all, destination = '', back = '' } = await readForm(c);
    const path = link('/deliveries', { state: back, destination });
    const chosen = splitList(one ?? ids, /\n/);
    if (all === undefined && chosen.length === 0) return c.redirect(withDone(path, 'nothing-chosen'), 303);
    await deliveries.replay(
      all === undefined
        ? { ids: chosen }
        : { state: 'dead', ...(destination && { destinationId: destination }) },
    );
    return c.redirect(withDone(path, 'replayed'), 303);
  });
}

interface Asked {
  state: DeliveryState | undefined;
  destination: string;
  before: string;
}

/** What the list shows, as its address asks for it. */
async function readDeliveries(administration: Administration, query: Record<string, string>) {
  const { deliveries } = administration;
  const { state: named = '', destination = '', before = '' } = query;
  const state = states.find((known) => known === named);
  const asked: Asked = { state, destination, before };
  const [counts, targets, page] = await Promise.all([
    deliveries.counts(),
    deliveries.targets(),
    deliveries.list({
      limit: pageSize,
      ...(state && { state }),
      ...(destination && { destinationId: destination }),
      ...(before && { before }),
    }),
  ]);
  const items = page.items.map(({ item }) => item);
  return { asked, counts, targets, page, subjects: await readSubjects(administration, items) };
}

type Found = Awaited<ReturnType<typeof readDeliveries>>;

function renderList(c: ConsoleContext, { asked, targets, page, subjects }: Found): Html {
  const { state, destination, before } = asked;
  return html`${
    page.items.length === 0
      ? renderNothing(state, targets.length > 0)
      : deliveryList(c, page.items, { state, destination, targets, subjects })
  }
  ${pager('/deliveries', { state: state ?? '', destination }, before, page.next)}`;
}

function renderStates({ asked: { state: chosen, destination }, counts }: Found): Html {
  const tab = (state: DeliveryState | '', label: string, count: number | null) => {
    const href = link('/deliveries', { state, destination });
    const current = state === (chosen ?? '') ? 'page' : undefined;
    return html`<a${attributes({ href, 'aria-current': current })}>${label}
      ${count !== null && html`<span class="count">${formatCount(count)}</span>`}</a>`;
  };
  return html`<nav class="tabs" aria-label="Deliveries by state">
    ${tab('', 'All', null)}${states.map((state) => tab(state, stateNames[state], counts[state]))}
  </nav>`;
}

function renderTargets({ state, destination }: Asked, targets: NamedTarget[]): Html {
  return html`<form action="/deliveries" class="search">
    <input type="hidden" name="state" value="${state ?? ''}">
    <label><span class="visually-hidden">Destination</span>
      <select name="destination"><option value="">All destinations</option>${targets.map(
        ({ id, name }) =>
          html`<option${attributes({ value: id, selected: id === destination })}>${name}</option>`,
      )}</select></label>
    <button class="button">Show</button>
  </form>`;
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
