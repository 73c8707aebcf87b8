import { Hono } from 'hono';
import { html } from 'hono/html';
import { targetOf } from '../../model/delivery.ts';
import { titleCell } from '../components/cell.ts';
import { emptyState } from '../components/empty.ts';
import { icon } from '../components/icon.ts';
import { onOrOff } from '../components/status.ts';
import { table } from '../components/table.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { signedInPage } from '../layout.ts';

export function destinationsPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().get('/destinations', async (c) => {
    const destinations = await administration.destinations.list();
    return c.html(
      signedInPage(c, {
        title: 'Destinations',
        lead: 'Where messages go. Each gets its own copy, in its own time.',
        actions: html`<a class="button primary" href="/destinations/new">${icon('plus')}Add a destination</a>`,
        content:
          destinations.length === 0
            ? emptyState({
                picture: 'destination',
                title: 'No destination yet',
                text: 'Messages are stored, but go nowhere. Add the webhook that should get them.',
                action: { href: '/destinations/new', label: 'Add a destination' },
              })
            : html`<div class="card">${table(
                'Destinations',
                [
                  { label: 'Destination' },
                  { label: 'State' },
                  { label: 'Mail from' },
                  { label: 'Deliveries' },
                ],
                destinations.map((destination) => [
                  titleCell(`/destinations/${destination.id}`, destination.name, targetOf(destination)),
                  onOrOff(destination),
                  destination.servers === null
                    ? 'all servers'
                    : `${destination.servers.length} of the servers`,
                  html`<a href="/deliveries?destination=${destination.id}">Show</a>`,
                ]),
              )}</div>`,
      }),
    );
  });
}
