import { Hono } from 'hono';
import { html } from 'hono/html';
import { formatInstant } from '../../model/instant.ts';
import type { AfterIntake, MailServerState } from '../../model/mail-server.ts';
import type { MailServer } from '../../resources/incoming-server.ts';
import { confirmation } from '../components/confirmation.ts';
import { buttonForm } from '../components/form.ts';
import { moment } from '../components/moment.ts';
import { problemPanel } from '../components/problem.ts';
import { serverStatus } from '../components/status.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { signedInPage } from '../layout.ts';
import { messageRows } from './message-rows.ts';
import { proofStatus } from './server-access.ts';

const parent = { href: '/servers', label: 'Incoming email servers' };

/** One incoming email server, and what may be done with it. */
export function serverPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { servers, profiles, access, messages } = administration;
  return new Hono<ConsoleEnv>()
    .get('/servers/:id', async (c) => {
      const server = await servers.get(c.req.param('id'));
      const [profile, proof, latest] = await Promise.all([
        profiles.get(server.profileId).catch(() => null),
        access.restriction(server.id),
        messages.list({ serverId: server.id, limit: 5 }),
      ]);
      const path = `/servers/${server.id}`;
      return c.html(
        signedInPage(c, {
          title: server.name,
          parent,
          lead: html`${serverStatus(server.state.condition)} <span>${server.address}</span>`,
          actions: html`
            ${testButton(c, server)}
            ${buttonForm(c, `${path}/${server.paused ? 'resume' : 'pause'}`, server.paused ? 'Resume' : 'Pause')}
            <a class="button" href="${path}/edit">Edit</a>`,
          content: html`
            ${server.state.problem && problemPanel(server.state.problem, testButton(c, server))}
            <section class="card"><h2>State</h2>${facts(stateFacts(server.state))}</section>
            <section class="card"><h2>Latest messages</h2>${
              latest.items.length === 0
                ? html`<p class="faint">No message has come in through this server yet.</p>`
                : html`${messageRows(latest.items, null)}
                    <p class="more-link"><a href="/messages?server=${server.id}">All messages of this server</a></p>`
            }</section>
            <section class="card">
              <h2>Settings</h2>
              ${facts(settingFacts(server, profile?.name ?? server.profileId))}
            </section>
            <section class="card">
              <h2>Access to this mailbox only</h2>
              <p>${proof ? html`${proofStatus(proof)} <span>${proof.mailbox}, ${formatInstant(proof.checkedAt)}</span>` : 'Not proven yet: nobody has tried whether the same access opens another mailbox.'}</p>
              <p class="more-link"><a href="${path}/access">Prove it, and see how access is given</a></p>
            </section>
            <p class="end"><a class="quiet danger-text" href="${path}/delete">Delete this server</a></p>`,
        }),
      );
    })
    .post('/servers/:id/pause', async (c) => {
      await servers.pause(c.req.param('id'));
      return c.redirect(withDone(`/servers/${c.req.param('id')}`, 'server-paused'), 303);
    })
    .post('/servers/:id/resume', async (c) => {
      await servers.resume(c.req.param('id'));
      return c.redirect(withDone(`/servers/${c.req.param('id')}`, 'server-resumed'), 303);
    })
    .get('/servers/:id/delete', async (c) => {
      const server = await servers.get(c.req.param('id'));
      const back = `/servers/${server.id}`;
      return c.html(
        signedInPage(c, {
          title: `Delete ${server.name}?`,
          parent: { href: back, label: server.name },
          content: html`${confirmation(c, {
            text: html`Its messages, deliveries and quarantine are deleted <strong>here</strong> for good.
              Nothing changes in the mailbox ${server.address} itself. To only stop reading it, use Pause.`,
            action: `${back}/delete`,
            label: 'Delete the server and its messages',
            back,
          })}
          ${confirmation(c, {
            text: 'Or delete the server alone: the messages that came through it stay here, with their deliveries.',
            action: `${back}/delete?keep=messages`,
            label: 'Delete the server, keep its messages',
            back,
          })}`,
        }),
      );
    })
    .post('/servers/:id/delete', async (c) => {
      const keepMessages = c.req.query('keep') === 'messages';
      await servers.remove(c.req.param('id'), { keepMessages });
      return c.redirect(withDone('/servers', keepMessages ? 'server-removed-alone' : 'server-removed'), 303);
    });
}

function testButton(c: ConsoleContext, { id }: MailServer): Html {
  return buttonForm(c, `/servers/${id}/test`, 'Test connection', 'button primary');
}

function stateFacts(state: MailServerState): [string, Html | null][] {
  return [
    ['Now', html`${serverStatus(state.condition)} <span>since ${formatInstant(state.since)}</span>`],
    ['Last mail', moment(state.lastMessageAt, 'none yet')],
    ['Last contact', moment(state.lastContactAt)],
    ['Next attempt', state.retryAt === null ? null : moment(state.retryAt)],
  ];
}

function settingFacts(server: MailServer, profileName: string): [string, Html | string | null][] {
  const security = server.security === 'tls' ? 'TLS from the first byte' : 'STARTTLS';
  return [
    ['Mailbox address', server.shared ? `${server.address} (shared)` : server.address],
    [
      'Mail server',
      html`<code>${server.host}:${server.port}</code>, ${server.protocol.toUpperCase()}, ${security}`,
    ],
    ['User name', server.username],
    ['Credential profile', html`<a href="/profiles/${server.profileId}">${profileName}</a>`],
    ['Folders', server.folders.join(', ')],
    [
      'Which mail',
      server.startFrom === null ? 'Everything' : `Received since ${formatInstant(server.startFrom)}`,
    ],
    ['After intake', afterIntakeText(server.afterIntake)],
    [
      'Automatic answer',
      server.acknowledgement &&
        html`through <a href="/outgoing-servers/${server.acknowledgement.outgoingServerId}">an outgoing server</a>,
          to mail since ${formatInstant(server.acknowledgement.since)}`,
    ],
    ['Certificate authority', server.certificateAuthority === null ? null : 'A private one, given as PEM'],
  ];
}

function afterIntakeText(after: AfterIntake): string {
  switch (after.action) {
    case 'leave':
      return 'Leave it in the mailbox as it is';
    case 'mark-read':
      return 'Mark it as read';
    case 'move':
      return `Move it to ${after.folder}`;
    case 'delete':
      return after.afterDays
        ? `Delete it from the mailbox after ${after.afterDays} days`
        : 'Delete it from the mailbox';
  }
}
