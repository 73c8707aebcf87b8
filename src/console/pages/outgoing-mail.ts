import type { Hono } from 'hono';
import { html } from 'hono/html';
import { openByteStream } from '../../http/byte-stream.ts';
import type { OutgoingMail, Recipient } from '../../model/outgoing.ts';
import { stateCell } from '../components/cell.ts';
import { icon } from '../components/icon.ts';
import { exactly, moment } from '../components/moment.ts';
import { mailStatus, recipientStatus } from '../components/status.ts';
import { facts, table } from '../components/table.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { formatBytes } from '../format.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { actionsRegion, leadRegion } from '../live.ts';
import { livePage } from '../live-page.ts';

/** One mail on its way out, or sent: to whom, and what became of it there. */
export function outgoingMailPages({ administration, live }: PageDeps): Hono<ConsoleEnv> {
  const { outgoing, outgoingServers } = administration;
  const page = livePage(live, {
    path: '/outgoing/:id',
    load: (c) => outgoing.get(c.req.param('id') ?? ''),
    regions: (_c, mail) => ({
      [leadRegion]: mailStatus(mail),
      [actionsRegion]: html`<a class="button" href="/outgoing/${mail.id}/raw" download>${icon('download')}Raw source</a>`,
      recipients: html`<section class="card">
        <h2>Recipients</h2>${renderRecipients(mail.recipients)}
      </section>`,
    }),
    async render(c, mail, region) {
      const server = await outgoingServers.get(mail.serverId).catch(() => null);
      return signedInPage(c, {
        title: mail.subject || '(no subject)',
        parent: { href: `/deliveries?destination=${mail.serverId}`, label: 'Deliveries' },
        lead: region(leadRegion),
        actions: region(actionsRegion),
        lives: true,
        content: html`
          <section class="card" aria-label="About the mail">
            ${facts(mailFacts(mail, server?.name ?? mail.serverId))}
          </section>
          ${region('recipients')}`,
      });
    },
  });
  return page.get('/outgoing/:id/raw', async (c) => {
    const { id } = await outgoing.get(c.req.param('id'));
    return c.body(await openByteStream(outgoing.raw(id), c), 200, {
      'content-type': 'message/rfc822',
      'content-disposition': `attachment; filename="${id}.eml"`,
      'content-security-policy': "sandbox; default-src 'none'",
    });
  });
}

function mailFacts(mail: OutgoingMail, serverName: string): [string, Html | string | null][] {
  return [
    ['Through', html`<a href="/outgoing-servers/${mail.serverId}">${serverName}</a>`],
    ['Answers', mail.inReplyTo && html`<a href="/messages/${mail.inReplyTo}">this message</a>`],
    ['Composed', html`${exactly(mail.createdAt)} (${moment(mail.createdAt)})`],
    ['Return path', mail.sender || 'none, as the mail is automatic'],
    ['Message-ID', html`<code>${mail.messageId}</code>`],
    ['Size', formatBytes(mail.size)],
  ];
}

function renderRecipients(recipients: Recipient[]): Html {
  return table(
    'Recipients',
    [{ label: 'Recipient' }, { label: 'State' }],
    recipients.map(({ address, state, problem }) => [
      html`<bdi class="strong">${address}</bdi>`,
      html`${stateCell(recipientStatus(state), problem)}
        ${problem?.detail && html`<small>${problem.detail}</small>`}`,
    ]),
  );
}
