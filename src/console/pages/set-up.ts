import { Hono } from 'hono';
import { html } from 'hono/html';
import { problemStatus, retryAfter } from '../../http/problem-response.ts';
import { readDevice, writeDevice, writeSession } from '../../http/session.ts';
import { Problem } from '../../model/problem.ts';
import { type FormField, renderField } from '../components/field.ts';
import { errorSummary } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { type FormState, readForm } from '../form.ts';
import type { Html } from '../html.ts';
import { plainPage } from '../layout.ts';

/** The first visit: whoever can read the server's output chooses the password. */
export function setUpPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/set-up', async (c) => {
      if (!(await administration.signIn.setUpNeeded())) return c.redirect('/sign-in', 303);
      return c.html(renderSetUp(c, null));
    })
    .post('/set-up', async (c) => {
      const { token, password, passwordRepeat = '' } = await readForm(c);
      try {
        writeSession(c, await administration.signIn.setUp({ token, password, passwordRepeat }));
        writeDevice(c, administration.signIn.deviceCookie(readDevice(c)));
        return c.redirect('/', 303);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const page = renderSetUp(c, error);
        return c.html(page, problemStatus(error) as 422, retryAfter(error));
      }
    });
}

const fields: FormField[] = [
  {
    name: 'token',
    label: 'Set-up token',
    control: { kind: 'password' },
    required: true,
    help: 'Letterbox printed it when it started: look at its output or its service’s log.',
  },
  {
    name: 'password',
    label: 'Password',
    control: { kind: 'password' },
    autocomplete: 'new-password',
    required: true,
    help: 'At least 12 characters. A sentence is easier to remember than a riddle.',
  },
  {
    name: 'passwordRepeat',
    label: 'Password again',
    control: { kind: 'password' },
    autocomplete: 'new-password',
    required: true,
  },
];

function renderSetUp(c: ConsoleContext, problem: Problem | null): Html {
  const state: FormState = { values: {}, problem };
  return plainPage(c, {
    title: 'Welcome',
    lead: 'Choose the administrator’s password. This is asked only once.',
    content: html`
      ${errorSummary(state, fields)}
      <form method="post" action="/set-up" novalidate>
        <input type="text" name="username" value="administrator" autocomplete="username" hidden>
        ${fields.map((field) => renderField(state, field))}
        <button class="button primary wide">Set password and sign in</button>
      </form>`,
  });
}
