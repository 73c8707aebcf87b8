import { html } from 'hono/html';
import type { Delivery, DeliveryState } from '../../model/delivery.ts';
import { csrfInput } from '../components/form.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import { deliveryStatus } from '../components/status.ts';
import { type Column, table } from '../components/table.ts';
import type { ConsoleContext, Html } from '../context.ts';
import { type Consignee, consigneeLink } from './consignees.ts';
import { pathOf } from './subjects.ts';

/** What the list was asked for, and the names of what it shows. */
interface Shown {
  state: DeliveryState | undefined;
  destination: string;
  consignees: Consignee[];
  /** Subjects by the id of the message or mail. */
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
    messageCell(delivery, shown.subjects.get(delivery.messageId)),
    deliveryStatus(delivery),
    consigneeLink(shown.consignees, delivery.destinationId),
    delivery.attempts,
    moment(relevantInstant(delivery)),
    replayButton(delivery, shown.subjects.get(delivery.messageId)),
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

function messageCell({ id, messageId, problem, state }: Delivery, subject: string | undefined): Html {
  const box = html`<input type="checkbox" name="ids" value="${id}" aria-label="Choose ${subject ?? id}">`;
  const link = html`<a class="strong" href="${pathOf(messageId)}"><bdi>${subject}</bdi></a>`;
  return html`<div class="pick">
    ${isSettled({ state }) ? box : html`<span class="no-box"></span>`}
    <div>
      ${subject === undefined ? html`<span class="faint">${nameless(messageId)}</span>` : link}
      ${problem && html`<small class="bad">${problem.title}${problem.detail && `: ${problem.detail}`}</small>`}
    </div>
  </div>`;
}

/** What has no subject: what administrators were told, or what retention has removed. */
function nameless(messageId: string): string {
  return messageId.startsWith('ntf_') ? 'a notification' : 'message removed';
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
