import { Hono } from 'hono';
import { html } from 'hono/html';
import type { MailServer } from '../../resources/incoming-server/record.ts';

import { attributes } from '../components/attributes.ts';
import { emptyState } from '../components/empty.ts';
import { icon } from '../components/icon.ts';
import { pager } from '../components/pager.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { messageRows } from './message-rows.ts';

const pageSize = 50;

export function messagesPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().get('/messages', async (c) => {
    const { q: search = '', server = '', before = '' } = c.req.query();
    const servers = await administration.servers.list();
    const { items, next } = await administration.messages.list({
      limit: pageSize,
      ...(search && { search }),
      ...(server && { serverId: server }),
      ...(before && { before }),
    });
    const names = new Map(servers.map(({ id, name }) => [id, name]));
    return c.html(
      signedInPage(c, {
        title: 'Messages',
        lead: 'Everything that came in, newest first.',
        content: html`
          ${renderSearch(search, server, servers)}
          ${
            items.length > 0
              ? html`<div class="card flush">${messageRows(items, names)}</div>`
              : renderNothing(search !== '' || server !== '', servers.length > 0)
          }
          ${pager('/messages', { q: search, server }, before, next)}`,
      }),
    );
  });
}

function renderSearch(search: string, chosen: string, servers: MailServer[]): Html {
  return html`<form class="search" role="search" action="/messages">
    <label class="search-box">${icon('search')}<span class="visually-hidden">Search subjects and senders</span>
      <input type="search" name="q" value="${search}" placeholder="Search subjects and senders" maxlength="200"></label>
    <label><span class="visually-hidden">Server</span>
      <select name="server"><option value="">All servers</option>${servers.map(
        ({ id, name }) => html`<option${attributes({ value: id, selected: id === chosen })}>${name}</option>`,
      )}</select></label>
    <button class="button">Search</button>
  </form>`;
}

function renderNothing(filtered: boolean, hasServers: boolean): Html {
  if (filtered)
    return emptyState({
      picture: 'search',
      title: 'Nothing found',
      text: 'No message matches. Try fewer words, or all servers.',
      action: { href: '/messages', label: 'Show all messages' },
    });
  return emptyState({
    picture: 'messages',
    title: 'No message yet',
    text: hasServers
      ? 'The servers are being watched; the next mail appears here.'
      : 'Mail appears here once an incoming email server is set up.',
    action: hasServers ? null : { href: '/', label: 'See what is left to set up' },
  });
}
