import { html } from 'hono/html';
import type { DeliveredItem } from '../../model/delivery.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import type { PageDeps } from '../context.ts';
import type { Html } from '../html.ts';
import { pathOf, readSubjects } from './subjects.ts';

/** What happened lately, newest first. Subjects come from the store, because events carry no mail content. */
export async function renderActivity({ administration, activity }: PageDeps): Promise<Html> {
  const entries = activity.recent();
  const subjects = await readSubjects(
    administration,
    entries.flatMap(({ item }) => item ?? []),
  );
  const subject = (item: DeliveredItem) =>
    item.kind === 'notification'
      ? html`a notification`
      : html`<a class="subject" href="${pathOf(item)}"><bdi>${subjects.get(item.id) ?? 'a message'}</bdi></a>`;

  return html`<section class="card activity" aria-labelledby="activity-heading">
    <h2 id="activity-heading">Activity</h2>
    ${
      entries.length === 0
        ? html`<p class="faint">Quiet since the server started.
            Messages appear here as they are stored and delivered.</p>`
        : html`<ol>${entries.map(
            ({ id, at, tone, item, text }) => html`<li class="tone-${tone}" data-entry="${id}">
              ${icon(tone)}
              <div>${item === null ? html`<p>${text}</p>` : html`${subject(item)}<small>${text}</small>`}</div>
              ${moment(at)}
            </li>`,
          )}</ol>`
    }
  </section>`;
}
