import { html } from 'hono/html';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import type { Html, PageDeps } from '../context.ts';

/** What happened lately, newest first. Subjects come from the store, because events carry no mail content. */
export async function renderActivity({ administration, activity }: PageDeps): Promise<Html> {
  const entries = activity.recent();
  const { items } = entries.some(({ messageId }) => messageId !== null)
    ? await administration.messages.list({ limit: 100 })
    : { items: [] };
  const subjects = new Map(items.map(({ id, subject }) => [id, subject || '(no subject)']));
  const message = (id: string) => {
    if (id.startsWith('out_')) return html` <a href="/outgoing/${id}">a mail</a> `;
    if (id.startsWith('ntf_')) return html` a notification `;
    return html` <a href="/messages/${id}"><bdi>${subjects.get(id) ?? 'a message'}</bdi></a> `;
  };

  return html`<section class="card activity" aria-labelledby="activity-heading">
    <h2 id="activity-heading">Activity</h2>
    ${
      entries.length === 0
        ? html`<p class="faint">Quiet since the server started.
            Messages appear here as they are stored and delivered.</p>`
        : html`<ol>${entries.map(
            ({ id, at, tone, before, messageId, after }) => html`<li class="tone-${tone}" data-entry="${id}">
              ${icon(tone)}<p>${before}${messageId && message(messageId)}${after}</p>${moment(at)}
            </li>`,
          )}</ol>`
    }
  </section>`;
}
