import { Hono } from 'hono';
import { html } from 'hono/html';
import { csrfInput } from '../components/form.ts';
import { icon } from '../components/icon.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { orNull, readForm } from '../form.ts';
import type { Html } from '../html.ts';
import { testPage } from '../test-stream.ts';

/** *Test* of an outgoing server: signs in and, where an address is given, sends a mail there. */
export function outgoingServerTestPage({ administration, log }: PageDeps): Hono<ConsoleEnv> {
  const { outgoingServers } = administration;
  return new Hono<ConsoleEnv>()
    .get('/outgoing-servers/:id/test', (c) => c.redirect(`/outgoing-servers/${c.req.param('id')}`, 303))
    .post('/outgoing-servers/:id/test', async (c) => {
      const { id, name } = await outgoingServers.get(c.req.param('id'));
      const to = orNull((await readForm(c)).to);
      return testPage(c, log, {
        title: 'Test outgoing server',
        lead: to === null ? 'Signs in, and sends nothing.' : `Signs in, and sends a mail to ${to}.`,
        parent: { href: `/outgoing-servers/${id}`, label: name },
        actions: html`<form method="post" action="/outgoing-servers/${id}/test">
          ${csrfInput(c)}<input type="hidden" name="to" value="${to ?? ''}">
          <button class="button">${icon('replay')}Test again</button>
        </form>`,
        passed: to === null ? 'Mail can be sent.' : `Look whether the mail has come to ${to}.`,
        steps: () => outgoingServers.test(id, to === null ? {} : { to }),
      });
    });
}

/** The way to the test: with an address it also sends a mail. */
export function testForm(c: ConsoleContext, id: string): Html {
  return html`<form method="post" action="/outgoing-servers/${id}/test" class="form">
    ${csrfInput(c)}
    <div class="field">
      <label for="test-to">Send a test mail to <span class="optional">optional</span></label>
      <input type="email" id="test-to" name="to" autocomplete="email">
    </div>
    <button class="button primary">Test</button>
  </form>`;
}
