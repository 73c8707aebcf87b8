import { Hono } from 'hono';
import { html } from 'hono/html';
import { buttonForm } from '../components/form.ts';
import { icon } from '../components/icon.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { testPage } from '../test-stream.ts';
import { namingButton } from './profile-connect.ts';
import { serverDoors } from './server-doors.ts';

/** *Test connection*: from the network up to the mail. */
export function serverTestPage({ administration, log }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/servers/:id/test', (c) => c.redirect(`/servers/${c.req.param('id')}`, 303))
    .post('/servers/:id/test', async (c) => {
      const server = await administration.servers.get(c.req.param('id'));
      const { id, name } = server;
      const profile = server.profileId === null ? null : await administration.profiles.get(server.profileId);
      return testPage(c, log, {
        title: 'Test connection',
        lead: 'From the network to what takes the mail. The verdict comes first, when all has been looked at.',
        parent: { href: `/servers/${id}`, label: name },
        actions: buttonForm(c, `/servers/${id}/test`, html`${icon('replay')}Check again`),
        tell: (problem) => ({
          problem: namingButton(problem, profile),
          doors: serverDoors(c, server, profile, problem),
        }),
        passed: 'Mail can be read and handed over.',
        steps: () => administration.doctor.server(id),
      });
    });
}
