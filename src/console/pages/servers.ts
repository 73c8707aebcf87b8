import { Hono } from 'hono';
import { html } from 'hono/html';
import { stateCell, titleCell } from '../components/cell.ts';
import { emptyState } from '../components/empty.ts';
import { icon } from '../components/icon.ts';
import { moment } from '../components/moment.ts';
import { serverStatus } from '../components/status.ts';
import { table } from '../components/table.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { signedInPage } from '../layout.ts';

export function serversPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().get('/servers', async (c) => {
    const [servers, profiles] = await Promise.all([
      administration.servers.list(),
      administration.profiles.list(),
    ]);
    const profileName = new Map(profiles.map(({ id, name }) => [id, name]));
    return c.html(
      signedInPage(c, {
        title: 'Incoming email servers',
        lead: 'Each is one mailbox and how it is read.',
        actions: html`<a class="button primary" href="/servers/new">${icon('plus')}Add a server</a>`,
        content:
          servers.length === 0
            ? emptyState({
                picture: 'server',
                title: 'No incoming email server yet',
                text:
                  profiles.length === 0
                    ? 'A server needs a credential profile to sign in with. Add that first.'
                    : 'Add the first mailbox. You choose which mail is taken and what happens to it afterwards.',
                action:
                  profiles.length === 0
                    ? { href: '/profiles/new', label: 'Add a credential profile' }
                    : { href: '/servers/new', label: 'Add an incoming email server' },
              })
            : html`<div class="card">${table(
                'Incoming email servers',
                [
                  { label: 'Server' },
                  { label: 'State' },
                  { label: 'Last mail' },
                  { label: 'Last contact' },
                  { label: 'Credential profile' },
                ],
                servers.map((server) => [
                  titleCell(`/servers/${server.id}`, server.name, server.address),
                  stateCell(serverStatus(server.state.condition), server.state.problem),
                  moment(server.state.lastMessageAt, 'none yet'),
                  moment(server.state.lastContactAt),
                  html`<a href="/profiles/${server.profileId}">
                    ${profileName.get(server.profileId) ?? server.profileId}</a>`,
                ]),
              )}</div>`,
      }),
    );
  });
}
