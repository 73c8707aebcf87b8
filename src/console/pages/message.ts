import type { Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import type { Delivery, NamedTarget } from '../../model/delivery.ts';
import type { Address, Message } from '../../model/message.ts';
import type { OutgoingMail } from '../../model/outgoing.ts';
import { attributes } from '../components/attributes.ts';
import { stateCell } from '../components/cell.ts';
import { code } from '../components/code.ts';
import { icon } from '../components/icon.ts';
import { exactly, moment } from '../components/moment.ts';
import { deliveryStatus, mailStatus } from '../components/status.ts';
import { facts, table } from '../components/table.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { cleanFileName } from '../file-name.ts';
import { formatBytes } from '../format.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { actionsRegion, type Regions } from '../live.ts';
import { livePage } from '../live-page.ts';
import { targetLink } from './delivery-targets.ts';

/** More text than this is not put on the page; the raw source has it all. */
const maxTextLength = 200_000;

const views = ['html', 'text', 'headers'] as const;
type View = (typeof views)[number];
const viewNames: Record<View, string> = { html: 'Formatted', text: 'Plain text', headers: 'Headers' };

/** Reading one message; nothing in it can act or be fetched from elsewhere. */
export function messagePages({ administration, live }: PageDeps): Hono<ConsoleEnv> {
  return livePage(live, {
    path: '/messages/:id',
    load: async (c) => c.req.param('id') ?? '',
    regions: (_c, id) => whatBecameOf(id, administration),
    async render(c, id, region) {
      const message = await administration.messages.get(id);
      const view = chooseView(message, c.req.query('view'));
      return signedInPage(c, {
        title: message.subject || '(no subject)',
        parent: { href: '/messages', label: 'Messages' },
        actions: region(actionsRegion),
        lives: true,
        content: html`
          <section class="card" aria-label="About the message">${facts(envelope(message))}</section>
          ${renderDefects(message.defects)}
          <section class="card flush" aria-label="Content">
            ${renderTabs(message, view)}
            ${view === 'html' ? renderFrame(message) : view === 'text' ? renderText(message) : renderHeaders(message)}
          </section>
          ${renderAttachments(message)}
          ${region('deliveries')}
          ${region('answers')}`,
      });
    },
  });
}

async function whatBecameOf(id: string, administration: Administration): Promise<Regions> {
  const [deliveries, answers, targets] = await Promise.all([
    administration.deliveries.list({ messageId: id, limit: 50 }),
    administration.outgoing.list({ inReplyTo: id, limit: 50 }),
    administration.deliveries.targets(),
  ]);
  return {
    [actionsRegion]: html`<a class="button" href="/messages/${id}/raw" download>${icon('download')}Raw source</a>`,
    deliveries: html`<section class="card">
      <h2>Deliveries</h2>${renderDeliveries(deliveries.items, targets)}
    </section>`,
    answers: html`${renderAnswers(answers.items)}`,
  };
}

function chooseView(message: Message, asked: string | undefined): View {
  const wanted = views.find((view) => view === asked);
  if (wanted && wanted !== 'html') return wanted;
  return message.html === null ? 'text' : 'html';
}

function envelope(message: Message): [string, Html | string | null][] {
  return [
    ['From', addressList(message.from)],
    ['Reply to', addressList(message.replyTo)],
    ['To', addressList(message.to)],
    ['Cc', addressList(message.cc)],
    ['Received', html`${exactly(message.receivedAt)} (${moment(message.receivedAt)})`],
    [
      'Through',
      html`<a href="/servers/${message.serverId}">${message.mailbox}</a>, folder ${message.folder}`,
    ],
    ['Message-ID', message.messageId && code(message.messageId)],
    ['Size', formatBytes(message.size)],
  ];
}

function addressList(addresses: Address[]): Html | null {
  if (addresses.length === 0) return null;
  return html`${addresses.map(
    ({ name, address }) =>
      html`<span class="address">${name && html`<bdi>${name}</bdi>`}
        <bdi class="faint">${name ? `<${address}>` : address}</bdi></span>`,
  )}`;
}

function renderDefects(defects: string[]): Html | null {
  if (defects.length === 0) return null;
  return html`<section class="note note-warn" aria-labelledby="defects">
    <h2 id="defects">${icon('warn')}Malformed, read all the same</h2>
    <ul>${defects.map((defect) => html`<li>${defect}</li>`)}</ul>
  </section>`;
}

function renderTabs(message: Message, current: View): Html {
  const offered = views.filter((view) => view !== 'html' || message.html !== null);
  const tab = (view: View) => {
    const href = `/messages/${message.id}?view=${view}`;
    const mark = view === current ? 'page' : undefined;
    return html`<a${attributes({ href, 'aria-current': mark })}>${viewNames[view]}</a>`;
  };
  return html`<nav class="tabs" aria-label="Views of the message">
    ${offered.map(tab)}
    ${
      current === 'html' &&
      html`<span class="tabs-note">${icon('shield')}Scripts, links and remote content are blocked</span>`
    }
  </nav>`;
}

/** A frame without scripts cannot grow with what is in it, so its height is guessed. */
function renderFrame({ id, text, html: formatted }: Message): Html {
  const brief = text !== null && text.length < 1_000 && !/<img\b/i.test(formatted ?? '');
  return html`<iframe class="message-frame ${brief ? 'brief' : ''}" sandbox src="/messages/${id}/html" referrerpolicy="no-referrer"
    title="The message as its sender formatted it"></iframe>`;
}

function renderText({ text, textFromHtml }: Message): Html {
  if (text === null) return html`<p class="faint padded">This message has no plain text.</p>`;
  const pre = { class: 'message-text', dir: 'auto', tabindex: 0, role: 'region', 'aria-label': 'Plain text' };
  return html`${textFromHtml && html`<p class="faint padded">Made of the HTML, as no plain text was sent.</p>`}<pre${attributes(pre)}>${raw('\n')}${text.slice(0, maxTextLength)}</pre>
    ${
      text.length > maxTextLength &&
      html`<p class="faint padded">The text goes on; download the raw source for all of it.</p>`
    }`;
}

function renderHeaders({ headers }: Message): Html {
  return html`<dl class="headers">${headers.map(
    ({ name, value }) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`,
  )}</dl>`;
}

function renderAttachments({ id, attachments }: Message): Html | null {
  if (attachments.length === 0) return null;
  return html`<section class="card"><h2>Attachments</h2>
    <ul class="attachments">${attachments.map(
      ({ index, filename, contentType, size, disposition }) => html`<li>
        <a href="/messages/${id}/attachments/${index}" download>${icon('attachment')}
        <bdi class="strong">${cleanFileName(filename ?? `part ${index + 1}`)}</bdi>
        <small>${contentType}, ${formatBytes(size)}${disposition === 'inline' ? ', inline' : ''}</small></a>
      </li>`,
    )}</ul>
  </section>`;
}

function renderDeliveries(deliveries: Delivery[], targets: NamedTarget[]): Html {
  if (deliveries.length === 0)
    return html`<p class="faint">None: no destination wanted mail of this server when it came in.</p>`;
  return table(
    'Deliveries of this message',
    [
      { label: 'Destination' },
      { label: 'State' },
      { label: 'Attempts', kind: 'number' },
      { label: 'Last attempt' },
    ],
    deliveries.map((delivery) => [
      targetLink(targets, delivery.target),
      stateCell(deliveryStatus(delivery), delivery.problem),
      delivery.attempts,
      moment(delivery.lastAttemptAt),
    ]),
  );
}

function renderAnswers(mails: OutgoingMail[]): Html | null {
  if (mails.length === 0) return null;
  return html`<section class="card"><h2>Answers</h2>${table(
    'Answers to this message',
    [{ label: 'Mail' }, { label: 'State' }, { label: 'When' }],
    mails.map((mail) => [
      html`<a class="strong" href="/outgoing/${mail.id}"><bdi>${mail.subject || '(no subject)'}</bdi></a>`,
      mailStatus(mail),
      moment(mail.createdAt),
    ]),
  )}</section>`;
}
