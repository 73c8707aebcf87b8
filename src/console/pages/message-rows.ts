import { html } from 'hono/html';
import type { MessageSummary } from '../../store/store.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import { formatBytes, formatSender } from '../format.ts';
import type { Html } from '../html.ts';

/** Messages as a list of lines; `serverNames` where they come from several. */
export function messageRows(messages: MessageSummary[], serverNames: Map<string, string> | null): Html {
  return html`<ul class="rows">${messages.map(
    ({ id, from, subject, serverId, receivedAt, size, attachments, defects }) => html`<li>
      <a href="/messages/${id}" class="row">
        <span class="row-from" title="${from}"><bdi>${formatSender(from) || 'unknown sender'}</bdi></span>
        <span class="row-subject"><bdi>${subject || '(no subject)'}</bdi></span>
        <span class="row-marks">
          ${attachments > 0 && attachmentMark(attachments)}
          ${defects > 0 && defectMark}
        </span>
        <span class="row-more">
          ${serverNames && html`<span class="row-server">${serverNames.get(serverId) ?? serverId}</span>`}
          <span class="row-size">${formatBytes(size)}</span>
          ${moment(receivedAt)}
        </span>
      </a>
    </li>`,
  )}</ul>`;
}

function attachmentMark(count: number): Html {
  return html`<span class="mark-small" title="${count} attachment${count === 1 ? '' : 's'}">
    ${icon('attachment')}${count}<span class="visually-hidden"> attachments</span></span>`;
}

const defectMark = html`<span class="mark-small warn" title="Malformed, read all the same">
  ${icon('warn')}<span class="visually-hidden">malformed</span></span>`;
