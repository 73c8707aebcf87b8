import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DestinationConfig } from '../../resources/destination.ts';
import type { MailServer } from '../../resources/incoming-server.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';

import { code } from '../components/code.ts';
import { confirmation } from '../components/confirmation.ts';
import { copyable } from '../components/copy.ts';
import { buttonForm } from '../components/form.ts';
import { onOrOff } from '../components/status.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { signedInPage } from '../layout.ts';

/** One destination; its signing secret is shown only right after it was made. */
export function destinationPages({ administration, secrets }: PageDeps): Hono<ConsoleEnv> {
  const { destinations } = administration;
  return new Hono<ConsoleEnv>()
    .get('/destinations/:id', async (c) => {
      const destination = await destinations.get(c.req.param('id'));
      const [servers, outgoing] = await Promise.all([
        administration.servers.list(),
        administration.outgoingServers.list(),
      ]);
      const secret = secrets.take(`${c.get('session')} ${destination.id}`);
      const path = `/destinations/${destination.id}`;
      return c.html(
        signedInPage(c, {
          title: destination.name,
          parent: { href: '/destinations', label: 'Destinations' },
          lead: onOrOff(destination),
          actions: html`<a class="button" href="/deliveries?destination=${destination.id}">Deliveries</a>
            <a class="button" href="${path}/edit">Edit</a>`,
          content: html`
            ${secret && renderSecret(secret)}
            <section class="card"><h2>Settings</h2>${facts(settingFacts(destination, servers, outgoing))}</section>
            ${
              destination.kind === 'webhook' &&
              html`<section class="card"><h2>Signature</h2>${renderSignature(c, path)}</section>`
            }
            <p class="end"><a class="quiet danger-text" href="${path}/delete">Delete this destination</a></p>`,
        }),
      );
    })
    .post('/destinations/:id/rotate', async (c) => {
      const id = c.req.param('id');
      const { signingSecret } = await destinations.rotateSecret(id);
      secrets.keep(`${c.get('session')} ${id}`, signingSecret);
      return c.redirect(withDone(`/destinations/${id}`, 'secret-rotated'), 303);
    })
    .get('/destinations/:id/delete', async (c) => {
      const destination = await destinations.get(c.req.param('id'));
      const back = `/destinations/${destination.id}`;
      return c.html(
        signedInPage(c, {
          title: `Delete ${destination.name}?`,
          parent: { href: back, label: destination.name },
          content: confirmation(c, {
            text: 'Its pending deliveries and dead letters are deleted with it. The messages themselves stay.',
            action: `${back}/delete`,
            label: 'Delete the destination',
            back,
          }),
        }),
      );
    })
    .post('/destinations/:id/delete', async (c) => {
      await destinations.remove(c.req.param('id'));
      return c.redirect(withDone('/destinations', 'destination-removed'), 303);
    });
}

function settingFacts(
  destination: DestinationConfig,
  servers: MailServer[],
  outgoing: OutgoingServer[],
): [string, Html | string][] {
  const names = destination.servers?.map((id) => servers.find((server) => server.id === id)?.name ?? id);
  return [
    ...kindFacts(destination, outgoing),
    ['Mail from', names?.join(', ') || 'all servers, also those added later'],
  ];
}

function kindFacts(destination: DestinationConfig, outgoing: OutgoingServer[]): [string, Html | string][] {
  if (destination.kind === 'webhook')
    return [
      ['Kind', 'Webhook (Standard Webhooks)'],
      ['URL', code(destination.url)],
    ];
  const server = outgoing.find(({ id }) => id === destination.outgoingServerId);
  return [
    ['Kind', 'The original, forwarded unchanged'],
    ['To', destination.recipient],
    [
      'Through',
      html`<a href="/outgoing-servers/${destination.outgoingServerId}">
        ${server?.name ?? destination.outgoingServerId}</a>`,
    ],
  ];
}

function renderSecret(secret: string): Html {
  return html`<section class="secret" aria-labelledby="secret-heading">
    <h2 id="secret-heading">Signing secret</h2>
    <p>Give it to the receiver now. <strong>It is shown this once</strong> and kept encrypted after that.</p>
    <p>${copyable(secret, 'signing secret')}</p>
  </section>`;
}

function renderSignature(c: ConsoleContext, path: string): Html {
  return html`<p>Every request carries <code>webhook-id</code> (the same at each attempt, so that a receiver can
      drop repeats), <code>webhook-timestamp</code> and <code>webhook-signature</code>. The libraries of
      Standard Webhooks verify them with the signing secret.</p>
    ${buttonForm(c, `${path}/rotate`, 'Make a new signing secret')}
    <p class="faint small">The one before stays valid beside the new one for a day, so that nothing is
      refused meanwhile.</p>`;
}
