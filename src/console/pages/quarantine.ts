import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Quarantined } from '../../model/message.ts';
import { confirmation } from '../components/confirmation.ts';
import { emptyState } from '../components/empty.ts';
import { buttonForm } from '../components/form.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import { problemPanel } from '../components/problem.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';

const sections = [
  {
    state: 'quarantined',
    title: 'In quarantine',
    text: 'They stayed unreadable, or could not be understood. Those that a mail server does not give are still asked for, down to once a day.',
  },
  {
    state: 'waiting',
    title: 'Waiting for the mail server',
    text: 'The mail server gives other messages, but not these. They are asked for again soon, then ever later.',
  },
] as const;

/** Messages that stopped at the door; they stay until a person or the retention rule ends it. */
export function quarantinePages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { quarantine } = administration;
  return new Hono<ConsoleEnv>()
    .get('/quarantine', async (c) => {
      const [entries, servers] = await Promise.all([quarantine.list(), administration.servers.list()]);
      const names = new Map(servers.map(({ id, name }) => [id, name]));
      return c.html(
        signedInPage(c, {
          title: 'Quarantine',
          lead: 'Messages that could not be read or understood. Nothing else waits for them.',
          content:
            entries.length === 0
              ? emptyState({
                  picture: 'ok',
                  title: 'The quarantine is empty',
                  text: 'Every message could be read. One that cannot is kept here, with the reason.',
                })
              : html`${sections.map(({ title, text, state }) => {
                  const inState = entries.filter((entry) => entry.state === state);
                  if (inState.length === 0) return '';
                  const nameOf = ({ serverId }: Quarantined) => names.get(serverId) ?? serverId;
                  return html`<section class="titled"><h2>${title} <span class="faint">${inState.length}</span></h2>
                    <p class="titled-lead">${text}</p>
                    ${inState.map((entry) => renderEntry(c, entry, nameOf(entry)))}</section>`;
                })}`,
        }),
      );
    })
    .post('/quarantine/:id/process', async (c) => {
      await quarantine.process(c.req.param('id'));
      return c.redirect(withDone('/quarantine', 'processed'), 303);
    })
    .get('/quarantine/:id/dismiss', async (c) => {
      const id = c.req.param('id');
      return c.html(
        signedInPage(c, {
          title: 'Dismiss this message?',
          parent: { href: '/quarantine', label: 'Quarantine' },
          content: confirmation(c, {
            text: 'It leaves this list and is never asked for again. In the mailbox itself nothing changes.',
            action: `/quarantine/${id}/dismiss`,
            label: 'Dismiss it',
            back: '/quarantine',
          }),
        }),
      );
    })
    .post('/quarantine/:id/dismiss', async (c) => {
      await quarantine.dismiss(c.req.param('id'));
      return c.redirect(withDone('/quarantine', 'dismissed'), 303);
    });
}

function renderEntry(c: ConsoleContext, entry: Quarantined, server: string): Html {
  const { id, position, problem, messageId, receivedAt, quarantinedAt, state, looks, nextLookAt } = entry;
  const actions = html`
    ${buttonForm(c, `/quarantine/${id}/process`, html`${icon('replay')}Process again`, 'button primary')}
    ${messageId && html`<a class="button" href="/messages/${messageId}">Look at it</a>`}
    <a class="button" href="/quarantine/${id}/dismiss">Dismiss</a>`;
  return html`<article class="card">
    ${problemPanel(problem, actions)}
    ${facts([
      ['Server', html`<a href="/servers/${entry.serverId}">${server}</a>`],
      ['Position', html`folder ${position.folder}, UID ${position.uid}`],
      ['Received by the server', moment(receivedAt, 'it did not say')],
      ['Kept here', messageId ? 'yes, its raw source is stored' : 'no, its bytes could not be had'],
      [state === 'waiting' ? 'Waiting since' : 'In quarantine since', moment(quarantinedAt)],
      ['Asked for again in vain', looks === 0 ? null : html`${looks} ${looks === 1 ? 'time' : 'times'}`],
      ['Asked for next', nextLookAt === null ? null : moment(nextLookAt)],
    ])}
  </article>`;
}
