import { html } from 'hono/html';
import type { DeliveredItem, Delivery, DeliveryState, NamedTarget } from '../../model/delivery.ts';
import { csrfInput } from '../components/form.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import { deliveryStatus } from '../components/status.ts';
import { type Column, table } from '../components/table.ts';
import type { ConsoleContext } from '../context.ts';
import type { Html } from '../html.ts';
import { targetLink } from './delivery-targets.ts';
import { pathOf } from './subjects.ts';

/** What the list was asked for, and the names of what it shows. */
interface Shown {
  state: DeliveryState | undefined;
  destination: string;
  targets: NamedTarget[];
  /** Subjects by the id of what is delivered. */
  subjects: Map<string, string>;
}

const columns: Column[] = [
  { label: 'Message' },
  { label: 'State' },
  { label: 'Destination' },
  { label: 'Attempts', kind: 'number' },
  { label: 'When' },
  { label: 'Replay', kind: 'action' },
];

/** Deliveries as a form: each can be replayed by itself, or chosen and replayed with others. */
export function deliveryList(c: ConsoleContext, deliveries: Delivery[], shown: Shown): Html {
  const rows = deliveries.map((delivery) => [
    messageCell(delivery, shown.subjects.get(delivery.item.id)),
    deliveryStatus(delivery),
    targetLink(shown.targets, delivery.target),
    delivery.attempts,
    moment(relevantInstant(delivery)),
    replayButton(delivery, shown.subjects.get(delivery.item.id)),
  ]);
  return html`<form method="post" action="/deliveries/replay">
    ${csrfInput(c)}
    <input type="hidden" name="back" value="${shown.state ?? ''}">
    <input type="hidden" name="destination" value="${shown.destination}">
    <div class="card">${table('Deliveries', columns, rows)}</div>
    ${
      deliveries.some(isSettled) &&
      html`<div class="actions">
        <button class="button">Replay the chosen</button>
        ${
          shown.state === 'dead' &&
          html`<button class="button" name="all" value="dead">Replay all dead letters</button>`
        }
      </div>`
    }
  </form>`;
}

function messageCell({ id, item, problem, state }: Delivery, subject: string | undefined): Html {
  const box = html`<input type="checkbox" name="ids" value="${id}" aria-label="Choose ${subject ?? id}">`;
  const link = html`<a class="strong" href="${pathOf(item)}"><bdi>${subject}</bdi></a>`;
  return html`<div class="pick">
    ${isSettled({ state }) ? box : html`<span class="no-box"></span>`}
    <div>
      ${subject === undefined ? html`<span class="faint">${nameless(item)}</span>` : link}
      ${problem && html`<small class="bad">${problem.title}${problem.detail && `: ${problem.detail}`}</small>`}
    </div>
  </div>`;
}

/** What has no subject: what administrators were told, or what retention has removed. */
function nameless({ kind }: DeliveredItem): string {
  return kind === 'notification' ? 'a notification' : 'message removed';
}

function replayButton({ id, state }: Delivery, subject: string | undefined): Html | null {
  if (!isSettled({ state })) return null;
  return html`<button class="quiet" name="one" value="${id}">
    ${icon('replay')}Replay<span class="visually-hidden"> ${subject ?? id}</span></button>`;
}

/** What is still being tried cannot be replayed. */
function isSettled({ state }: Pick<Delivery, 'state'>): boolean {
  return state !== 'pending';
}

/** When it ended, or when it is tried next. */
function relevantInstant({ state, deliveredAt, lastAttemptAt, nextAttemptAt }: Delivery): string | null {
  if (state === 'pending') return nextAttemptAt;
  return state === 'delivered' ? deliveredAt : lastAttemptAt;
}
