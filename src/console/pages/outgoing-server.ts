import { Hono } from 'hono';
import { html } from 'hono/html';
import type { OutgoingMail } from '../../model/outgoing.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';
import { confirmation } from '../components/confirmation.ts';
import { moment } from '../components/moment.ts';
import { mailStatus, onOrOff } from '../components/status.ts';
import { facts, table } from '../components/table.ts';
import type { ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { signedInPage } from '../layout.ts';
import { kindNames, securityNames } from './outgoing-server-fields.ts';
import { testForm } from './outgoing-server-test.ts';

const parent = { href: '/outgoing-servers', label: 'Outgoing email servers' };

/** One outgoing email server, and what may be done with it. */
export function outgoingServerPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { outgoingServers } = administration;
  return new Hono<ConsoleEnv>()
    .get('/outgoing-servers/:id', async (c) => {
      const server = await outgoingServers.get(c.req.param('id'));
      const [profile, latest] = await Promise.all([
        server.profileId === null ? null : administration.profiles.get(server.profileId).catch(() => null),
        administration.outgoing.list({ serverId: server.id, limit: 5 }),
      ]);
      const path = `/outgoing-servers/${server.id}`;
      return c.html(
        signedInPage(c, {
          title: server.name,
          parent,
          lead: html`${onOrOff(server)} <span>${server.address}</span>`,
          actions: html`<a class="button" href="/deliveries?destination=${server.id}">Deliveries</a>
            <a class="button" href="${path}/edit">Edit</a>`,
          content: html`
            <section class="card"><h2>Test</h2>${testForm(c, server.id)}</section>
            <section class="card"><h2>Latest mails</h2>${renderMails(latest.items)}</section>
            <section class="card"><h2>Settings</h2>${facts(settingFacts(server, profile?.name ?? server.profileId))}</section>
            <p class="end"><a class="quiet danger-text" href="${path}/delete">Delete this outgoing server</a></p>`,
        }),
      );
    })
    .get('/outgoing-servers/:id/delete', async (c) => {
      const server = await outgoingServers.get(c.req.param('id'));
      const back = `/outgoing-servers/${server.id}`;
      return c.html(
        signedInPage(c, {
          title: `Delete ${server.name}?`,
          parent: { href: back, label: server.name },
          content: confirmation(c, {
            text: html`Its mails are deleted <strong>here</strong> with it, also those not sent yet. It can be deleted
              once nothing sends through it.`,
            action: `${back}/delete`,
            label: 'Delete the outgoing server and its mails',
            back,
          }),
        }),
      );
    })
    .post('/outgoing-servers/:id/delete', async (c) => {
      await outgoingServers.remove(c.req.param('id'));
      return c.redirect(withDone('/outgoing-servers', 'outgoing-server-removed'), 303);
    });
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

function settingFacts(server: OutgoingServer, profileName: string | null): [string, Html | string | null][] {
  return [
    ['From', server.displayName === null ? server.address : `${server.displayName} <${server.address}>`],
    ['Kind', kindNames[server.kind]],
    ['Mail server', html`<code>${server.host}:${server.port}</code>, ${securityNames[server.security]}`],
    [
      'Credential profile',
      server.profileId === null
        ? 'None: it asks for no sign-in'
        : html`<a href="/profiles/${server.profileId}">${profileName}</a>`,
    ],
    ['User name', server.username],
    ['Certificate authority', server.certificateAuthority === null ? null : 'A private one, given as PEM'],
  ];
}
