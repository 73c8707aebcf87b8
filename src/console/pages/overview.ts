import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '../../model/notice.ts';
import type { DestinationConfig } from '../../resources/destination.ts';
import { renderAddress, renderCertificate } from '../address.ts';
import { stateCell, titleCell } from '../components/cell.ts';
import { emptyState } from '../components/empty.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import { onOrOff, serverStatus } from '../components/status.ts';
import { table } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { formatCount } from '../format.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { livePage } from '../live-page.ts';
import { renderActivity } from './activity-feed.ts';
import { renderGettingStarted } from './getting-started.ts';

/** What is going on, what needs a person, and on a fresh installation what to do first. */
export function overviewPage(deps: PageDeps): Hono<ConsoleEnv> {
  return livePage(deps.live, {
    path: '/',
    load: (c) => renderRegions(c, deps),
    regions: (_c, regions) => regions,
    render: (c, _regions, region) =>
      signedInPage(c, {
        title: 'Overview',
        lives: true,
        content: html`
          ${region('address')}
          ${region('notices')}
          ${region('start')}
          ${region('counts')}
          <div class="columns">
            <div>${region('servers')}${region('destinations')}</div>
            <div>${region('activity')}${region('certificate')}</div>
          </div>`,
      }),
  });
}

async function renderRegions(c: ConsoleContext, deps: PageDeps) {
  const { administration } = deps;
  const [notices, servers, destinations, guides, activity] = await Promise.all([
    administration.notices(),
    administration.servers.list(),
    administration.destinations.list(),
    administration.guide.list(),
    renderActivity(deps),
  ]);
  const start = renderGettingStarted({ guides, servers });
  return {
    address: renderAddress(c, administration),
    certificate: renderCertificate(deps),
    notices: renderNotices(notices, servers.length > 0 && start === null),
    start: start ?? html``,
    counts: servers.length > 0 ? await renderCounts(deps) : html``,
    servers: renderServers(deps, servers),
    destinations: renderDestinations(deps, destinations),
    activity,
  };
}

function renderNotices(notices: Notice[], running: boolean): Html {
  if (notices.length === 0)
    return running ? html`<p class="all-well">${icon('ok')}<span>Nothing needs you.</span></p>` : html``;
  return html`<section class="notices" aria-labelledby="needs-you">
    <h2 id="needs-you">Needs you <span class="count">${notices.length}</span></h2>
    <ul>${notices.map(
      ({ severity, title, detail, remedy, link }) => html`<li class="notice notice-${severity}">
        ${icon(severity === 'error' ? 'bad' : 'warn')}
        <div>
          <h3><span class="visually-hidden">${severity === 'error' ? 'Error' : 'Warning'}: </span>${title}</h3>
          <p>${detail}</p>
          <p class="remedy"><strong>What to do:</strong> ${remedy}</p>
        </div>
        <a class="button" href="${link}">Open<span class="visually-hidden">: ${title}</span></a>
      </li>`,
    )}</ul>
  </section>`;
}

async function renderCounts({ administration }: PageDeps): Promise<Html> {
  const [counts, quarantined] = await Promise.all([
    administration.deliveries.counts(),
    administration.quarantine.list(),
  ]);
  const tile = (href: string, label: string, count: number, tone: string) =>
    html`<li><a class="tile ${count > 0 ? tone : ''}" href="${href}">
      <strong>${formatCount(count)}</strong><span>${label}</span></a></li>`;
  return html`<ul class="tiles" aria-label="Deliveries in numbers">
    ${tile('/deliveries?state=delivered', 'delivered', counts.delivered, '')}
    ${tile('/deliveries?state=pending', 'pending', counts.pending, 'tile-busy')}
    ${tile('/deliveries?state=dead', 'dead letters', counts.dead, 'tile-bad')}
    ${tile('/quarantine', 'in quarantine', quarantined.filter(({ state }) => state === 'quarantined').length, 'tile-warn')}
  </ul>`;
}

type Servers = Awaited<ReturnType<PageDeps['administration']['servers']['list']>>;

function renderServers({ activity }: PageDeps, servers: Servers): Html {
  const progress = ({ serverId, condition }: Servers[number]['state']) => {
    const left = activity.remaining(serverId);
    return condition === 'synchronising' && left ? `${formatCount(left)} to go` : null;
  };
  return html`<section class="card" aria-labelledby="servers-heading">
    <h2 id="servers-heading">Incoming email servers</h2>
    ${
      servers.length === 0
        ? emptyState({
            picture: 'server',
            title: 'No mailbox is read yet',
            text: 'Each incoming email server is one mailbox. Follow the steps above to add the first.',
          })
        : table(
            'Incoming email servers',
            [{ label: 'Server' }, { label: 'State' }, { label: 'Last mail' }],
            servers.map((server) => [
              titleCell(`/servers/${server.id}`, server.name, server.address),
              stateCell(serverStatus(server.state.condition), server.state.problem, progress(server.state)),
              moment(server.state.lastMessageAt, 'none yet'),
            ]),
          )
    }
  </section>`;
}

function renderDestinations({ administration }: PageDeps, destinations: DestinationConfig[]): Html {
  if (destinations.length === 0) return html``;
  return html`<section class="card" aria-labelledby="destinations-heading">
    <h2 id="destinations-heading">Destinations</h2>
    ${table(
      'Destinations',
      [{ label: 'Destination' }, { label: 'State' }],
      destinations.map((destination) => [
        titleCell(
          `/destinations/${destination.id}`,
          destination.name,
          administration.destinations.targetOf(destination),
        ),
        onOrOff(destination),
      ]),
    )}
  </section>`;
}
