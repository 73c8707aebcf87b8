import { Hono } from 'hono';
import { html } from 'hono/html';
import type { ServerWithState } from '../../administration/administration.ts';
import { within } from '../../concurrency/deadline.ts';
import type {
  MailboxAudit,
  MailboxFigures,
  MailServerState,
  RestrictionProof,
} from '../../model/mail-server.ts';
import type { ProblemJson } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { MessageSummary } from '../../store/store.ts';
import { stateCell } from '../components/cell.ts';
import { buttonForm } from '../components/form.ts';
import { exactly, moment } from '../components/moment.ts';
import { problemPanel } from '../components/problem.ts';
import { serverStatus } from '../components/status.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import type { Html } from '../html.ts';
import type { ResourceView } from '../resources/view.ts';
import { profileFor } from './found-profile.ts';
import { messageRows } from './message-rows.ts';
import { namingButton } from './profile-connect.ts';
import { proofStatus } from './server-access.ts';
import { serverDoors } from './server-doors.ts';

const longestRequestMs = 5_000;

type Figures = MailboxFigures & { audit: MailboxAudit | null };

/** Incoming email servers, with how each is doing; testing one and access to it have files of their own. */
export function serverView({ administration }: PageDeps): ResourceView<ServerWithState> {
  const { profiles, servers, mailboxAccess, messages, discovery } = administration;
  return {
    picture: 'server',
    lead: 'Each is one mailbox and how it is read.',
    empty: 'Add the first mailbox. You choose which mail is taken and what happens to it afterwards.',
    detailOf: ({ address }) => address,
    async columns() {
      const names = new Map((await profiles.list()).map(({ id, name }) => [id, name]));
      return [
        { label: 'State', cell: ({ state }) => stateCell(serverStatus(state.condition), state.problem) },
        { label: 'Last mail', cell: ({ state }) => moment(state.lastMessageAt, 'none yet') },
        { label: 'Last contact', cell: ({ state }) => moment(state.lastContactAt) },
        {
          label: 'Credential profile',
          cell: ({ profileId: id }) => html`<a href="/profiles/${id}">${names.get(id) ?? id}</a>`,
        },
      ];
    },
    form: {
      submit: 'Save and start',
      // There are buttons for it.
      elsewhere: () => ['paused'],
      ...(discovery.isOn && {
        discovery: { ...discovery, address: 'address', protocol: 'protocol', next: profileFor },
      }),
    },
    async page(c, server) {
      const { problem } = server.state;
      const [proof, latest, figures, all] = await Promise.all([
        mailboxAccess.restriction(server.id),
        messages.list({ serverId: server.id, limit: 5 }),
        servers.figures(server.id),
        profiles.list(),
      ]);
      const profile = all.find(({ id }) => id === server.profileId) ?? null;
      return {
        lead: html`${serverStatus(server.state.condition)} <span>${server.address}</span>`,
        actions: html`${problem === null && testButton(c, server, 'button primary')}
          <a class="button" href="/guide/${server.id}">Health</a>${pauseButton(c, server)}`,
        above: html`
          ${problem && problemPanel(namingButton(problem, profile), doorsOf(c, server, profile, problem))}
          <section class="card"><h2>State</h2>${facts(stateFacts(server.state))}</section>
          ${renderFigures(c, server, figures)}
          <section class="card"><h2>Latest messages</h2>${renderLatest(server, latest.items)}</section>`,
        below: renderAccess(server, proof),
      };
    },
  };
}

/** What can be done with one at the press of a button. */
export function serverButtonPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { servers } = administration;
  return new Hono<ConsoleEnv>()
    .post('/servers/:id/pause', async (c) => {
      await servers.pause(c.req.param('id'));
      return c.redirect(withDone(`/servers/${c.req.param('id')}`, 'server-paused'), 303);
    })
    .post('/servers/:id/audit', async (c) => {
      const id = c.req.param('id');
      const compared = servers.audit(id);
      // A large mailbox takes minutes; what goes wrong then is shown as the state of the server
      compared.catch(() => undefined);
      const isOver = (await within(longestRequestMs, compared)) !== 'late';
      return c.redirect(withDone(`/servers/${id}`, isOver ? 'server-audited' : 'server-auditing'), 303);
    })
    .post('/servers/:id/resume', async (c) => {
      await servers.resume(c.req.param('id'));
      return c.redirect(withDone(`/servers/${c.req.param('id')}`, 'server-resumed'), 303);
    });
}

/** Also the test, which tells more. */
function doorsOf(
  c: ConsoleContext,
  server: MailServer,
  profile: CredentialProfile | null,
  problem: ProblemJson,
): Html {
  return html`${serverDoors(c, server, profile, problem)}${testButton(c, server)}`;
}

function testButton(c: ConsoleContext, { id }: MailServer, kind?: string): Html {
  return buttonForm(c, `/servers/${id}/test`, 'Test connection', kind);
}

function pauseButton(c: ConsoleContext, { id, paused }: MailServer): Html {
  return buttonForm(c, `/servers/${id}/${paused ? 'resume' : 'pause'}`, paused ? 'Resume' : 'Pause');
}

function stateFacts(state: MailServerState): [string, Html | null][] {
  return [
    ['Now', html`${serverStatus(state.condition)} <span>since ${exactly(state.since)}</span>`],
    ['Last mail', moment(state.lastMessageAt, 'none yet')],
    ['Last contact', moment(state.lastContactAt)],
    ['Next attempt', state.retryAt === null ? null : moment(state.retryAt)],
  ];
}

/** Whether all mail of the mailbox is here, and what became of it. */
function renderFigures(c: ConsoleContext, { id }: MailServer, figures: Figures): Html {
  const { audit, stored, waiting, quarantined, delivered, pending, dead } = figures;
  const count = (value: number) => value.toLocaleString('en');
  return html`<section class="card">
    <h2>Mail</h2>
    ${facts([
      [
        'In the mailbox',
        audit
          ? html`${count(audit.inMailbox)}, compared ${moment(audit.auditedAt)}; ${
              audit.missing === 0
                ? 'none was missing here'
                : `${count(audit.missing)} were missing here and read`
            }`
          : html`not compared yet; it is done once a day`,
      ],
      ['Stored', html`${count(stored)}`],
      ['Waiting for the mail server', html`<a href="/quarantine">${count(waiting)}</a>`],
      ['In quarantine', html`<a href="/quarantine">${count(quarantined)}</a>`],
      ['Deliveries', html`${count(delivered)} made, ${count(pending)} pending, ${count(dead)} given up`],
    ])}
    <div class="actions">${buttonForm(c, `/servers/${id}/audit`, 'Compare now')}</div>
  </section>`;
}

function renderLatest({ id }: MailServer, latest: MessageSummary[]): Html {
  if (latest.length === 0) return html`<p class="faint">No message has come in through this server yet.</p>`;
  return html`${messageRows(latest, null)}
    <p class="more-link"><a href="/messages?server=${id}">All messages of this server</a></p>`;
}

function renderAccess({ id }: MailServer, proof: RestrictionProof | null): Html {
  return html`<section class="card">
    <h2>Access to this mailbox only</h2>
    <p>${
      proof
        ? html`${proofStatus(proof)} <span>${proof.mailbox}, ${exactly(proof.checkedAt)}</span>`
        : 'Not proven yet: nobody has tried whether the same access opens another mailbox.'
    }</p>
    <p class="more-link"><a href="/servers/${id}/access">Prove it, and see how access is given</a></p>
  </section>`;
}
