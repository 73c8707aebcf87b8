import { Hono } from 'hono';
import { html } from 'hono/html';
import { titleCell } from '../components/cell.ts';
import { emptyState } from '../components/empty.ts';
import { icon } from '../components/icon.ts';
import { onOrOff } from '../components/status.ts';
import { table } from '../components/table.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { signedInPage } from '../layout.ts';
import { kindNames } from './outgoing-server-fields.ts';

export function outgoingServersPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().get('/outgoing-servers', async (c) => {
    const servers = await administration.outgoingServers.list();
    return c.html(
      signedInPage(c, {
        title: 'Outgoing email servers',
        lead: 'How mail is sent, and as whom: answers, forwards and notifications.',
        actions: html`<a class="button primary" href="/outgoing-servers/new">${icon('plus')}Add an outgoing server</a>`,
        content:
          servers.length === 0
            ? emptyState({
                picture: 'deliveries',
                title: 'No outgoing email server yet',
                text: 'Mail is taken in, but none can be sent. Add a server to answer, to forward and to be notified.',
                action: { href: '/outgoing-servers/new', label: 'Add an outgoing server' },
              })
            : html`<div class="card">${table(
                'Outgoing email servers',
                [
                  { label: 'Outgoing server' },
                  { label: 'State' },
                  { label: 'Kind' },
                  { label: 'Server' },
                  { label: 'Deliveries' },
                ],
                servers.map((server) => [
                  titleCell(`/outgoing-servers/${server.id}`, server.name, server.address),
                  onOrOff(server),
                  kindNames[server.kind],
                  html`<code>${server.host}:${server.port}</code>`,
                  html`<a href="/deliveries?destination=${server.id}">Show</a>`,
                ]),
              )}</div>`,
      }),
    );
  });
}
