import { html } from 'hono/html';
import type { MessageSummary } from '../../store/store.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import type { Html } from '../context.ts';
import { formatBytes } from '../format.ts';

/** Messages as a list of lines; `serverNames` where they come from several. */
export function messageRows(messages: MessageSummary[], serverNames: Map<string, string> | null): Html {
  return html`<ul class="rows">${messages.map(
    ({ id, from, subject, serverId, receivedAt, size, attachments, defects }) => html`<li>
      <a href="/messages/${id}" class="row">
        <span class="row-from"><bdi>${from || 'unknown sender'}</bdi></span>
        <span class="row-subject"><bdi>${subject || '(no subject)'}</bdi></span>
        <span class="row-marks">
          ${attachments > 0 && html`<span class="mark-small" title="${attachments} attachment${attachments === 1 ? '' : 's'}">${icon('attachment')}${attachments}<span class="visually-hidden"> attachments</span></span>`}
          ${defects > 0 && html`<span class="mark-small warn" title="Malformed, read all the same">${icon('warn')}<span class="visually-hidden">malformed</span></span>`}
        </span>
        <span class="row-more">${serverNames && html`<span>${serverNames.get(serverId) ?? serverId}</span>`}<span>${formatBytes(size)}</span>${moment(receivedAt)}</span>
      </a>
    </li>`,
  )}</ul>`;
}
