import { html } from 'hono/html';
import type { OutgoingMail } from '../../model/outgoing.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { kindOf } from '../../resources/resource.ts';
import { moment } from '../components/moment.ts';
import { mailStatus, onOrOff } from '../components/status.ts';
import { table } from '../components/table.ts';
import type { PageDeps } from '../context.ts';
import type { Html } from '../html.ts';
import { asJson, type ResourceView } from '../resources/view.ts';
import { testForm } from './outgoing-server-test.ts';

/** Outgoing email servers; testing one is in `outgoing-server-test.ts`. */
export function outgoingServerView({ administration }: PageDeps): ResourceView<OutgoingServer> {
  const { outgoingServers, discovery } = administration;
  const { resource } = outgoingServers;
  return {
    picture: 'outgoing',
    lead: 'How mail is sent, and as whom: automatic replies, forwards and notifications.',
    empty: 'Mail is taken in, but none can be sent. Add a server to answer, to forward and to be notified.',
    detailOf: ({ address }) => address,
    columns: async () => [
      { label: 'State', cell: onOrOff },
      { label: 'Kind', cell: (server) => kindOf(resource, asJson(server))?.label ?? server.kind },
      { label: 'Server', cell: ({ host, port }) => html`<code>${host}:${port}</code>` },
      { label: 'Deliveries', cell: ({ id }) => html`<a href="/deliveries?destination=${id}">Show</a>` },
    ],
    ...(discovery.isOn && { form: { discovery: { ...discovery, address: 'address' } } }),
    async page(c, server) {
      const latest = await administration.outgoing.list({ serverId: server.id, limit: 5 });
      return {
        lead: html`${onOrOff(server)} <span>${server.address}</span>`,
        actions: html`<a class="button" href="/deliveries?destination=${server.id}">Deliveries</a>`,
        above: html`
          <section class="card"><h2>Test</h2>${testForm(c, server.id)}</section>
          <section class="card"><h2>Latest mails</h2>${renderMails(latest.items)}</section>`,
      };
    },
  };
}

function renderMails(mails: OutgoingMail[]): Html {
  if (mails.length === 0) return html`<p class="faint">No mail has been sent through this server yet.</p>`;
  return table(
    'Latest mails',
    [{ label: 'Mail' }, { label: 'State' }, { label: 'To' }, { label: 'When' }],
    mails.map((mail) => [
      html`<a class="strong" href="/outgoing/${mail.id}"><bdi>${mail.subject || '(no subject)'}</bdi></a>`,
      mailStatus(mail),
      html`<bdi>${mail.recipients[0]?.address}</bdi>${
        mail.recipients.length > 1 && html` and ${mail.recipients.length - 1} more`
      }`,
      moment(mail.createdAt),
    ]),
  );
}
