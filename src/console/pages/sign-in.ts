import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { clientAddress } from '../../http/client-address.ts';
import { problemStatus, retryAfter } from '../../http/problem-response.ts';
import { clearSession, readDevice, readSession, writeDevice, writeSession } from '../../http/session.ts';
import { Problem } from '../../model/problem.ts';
import { type FormField, renderField } from '../components/field.ts';
import { errorSummary } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { type FormState, readForm } from '../form.ts';
import type { Html } from '../html.ts';
import { plainPage } from '../layout.ts';

const connectPath = /^(\/profiles\/[^/]+)\/(?:connect|admin-consent\/begin)$/;
const callbacks = ['/oauth/callback', '/oauth/admin-consent'];

/** Where to send a browser without a session; `ended` when it brought one that is no longer in force. */
export function signInPath(c: Context, ended: boolean): string {
  const { pathname, search } = new URL(c.req.url);
  const query = new URLSearchParams();
  if (ended) query.set('ended', '');
  if (callbacks.includes(pathname)) query.set('callback', '');
  else if (c.req.method === 'GET' && pathname !== '/' && !pathname.startsWith('/events'))
    // The redirect after a form may not leave this site (CSP form-action), so Connect is pressed anew.
    query.set('next', connectPath.exec(pathname)?.[1] ?? pathname + search);
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`;
}

export function signInPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/sign-in', async (c) => {
      if (await administration.signIn.setUpNeeded()) return c.redirect('/set-up', 303);
      const session = readSession(c);
      if (session !== undefined && (await administration.signIn.verify(session))) return c.redirect('/', 303);
      return c.html(renderSignIn(c, { values: {}, problem: null }));
    })
    .post('/sign-in', async (c) => {
      const { password } = await readForm(c);
      const before = readSession(c);
      try {
        const device = readDevice(c);
        const session = await administration.signIn.signIn({ password }, clientAddress(c), device);
        if (before !== undefined) await administration.signIn.signOut(before);
        writeSession(c, session);
        writeDevice(c, administration.signIn.deviceCookie(device));
        return c.redirect(localPath(c.req.query('next')), 303);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const page = renderSignIn(c, { values: {}, problem: error });
        return c.html(page, problemStatus(error) as 401, retryAfter(error));
      }
    });
}

export function signOutRoute({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().post('/sign-out', async (c) => {
    await administration.signIn.signOut(c.get('session'));
    clearSession(c);
    return c.redirect('/sign-in', 303);
  });
}

/** A path of this server to go on to; anything else, such as `//elsewhere`, leads to the overview. */
function localPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) ? next : '/';
}

const passwordField: FormField = {
  name: 'password',
  label: 'Password',
  control: { kind: 'password' },
  autocomplete: 'current-password',
  required: true,
};

function renderSignIn(c: ConsoleContext, state: FormState): Html {
  const { search } = new URL(c.req.url);
  return plainPage(c, {
    title: 'Sign in',
    content: html`
      ${state.problem === null && reason(c)}
      ${errorSummary(state, [passwordField])}
      <form method="post" action="/sign-in${search}" novalidate>
        <input type="text" name="username" value="administrator" autocomplete="username" hidden>
        ${renderField(state, passwordField)}
        <button class="button primary wide">Sign in</button>
      </form>
      <p class="faint small">The password was chosen at set-up. A session lasts 12 hours.</p>`,
  });
}

/** Why a person who was somewhere else finds this page. */
function reason(c: Context): Html | null {
  if (c.req.query('callback') !== undefined)
    return html`<p class="note">The sign-in for the mailbox came back to a browser without a session of Letterbox,
      so it could not be used. Sign in here, open the credential profile and press <strong>Connect</strong> again,
      all in the same browser.</p>`;
  if (c.req.query('ended') !== undefined)
    return html`<p class="note">Your session has ended. Nothing was changed since.</p>`;
  return null;
}
