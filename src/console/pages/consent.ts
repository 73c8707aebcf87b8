import { Hono } from 'hono';
import { html } from 'hono/html';
import { problemStatus } from '../../http/problem-response.ts';
import { Problem } from '../../model/problem.ts';
import { assertComesBack } from '../address.ts';
import { problemPanel } from '../components/problem.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { signedInPage } from '../layout.ts';

/** *Connect* and the administrator's consent: the browser's way to the authority and back. */
export function consentPages({ administration, consents }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/profiles/:id/connect', async (c) => {
      const id = c.req.param('id');
      if (!isOwnNavigation(c)) throw notOurNavigation();
      try {
        assertComesBack(c, administration, `/profiles/${id}`);
        const authority = await administration.consent.begin(id, c.get('session'));
        consents.keep(authority.searchParams.get('state') ?? '', id);
        return c.redirect(authority.href, 303);
      } catch (error) {
        return refusal(c, error, id);
      }
    })
    .get('/profiles/:id/admin-consent', async (c) => {
      const id = c.req.param('id');
      if (!isOwnNavigation(c)) throw notOurNavigation();
      try {
        assertComesBack(c, administration, `/profiles/${id}`);
        return c.redirect((await administration.adminConsent.begin(id, c.get('session'))).href, 303);
      } catch (error) {
        return refusal(c, error, id);
      }
    })
    .get('/oauth/admin-consent', async (c) => {
      const { search } = new URL(c.req.url);
      try {
        const callback = new URL(`${administration.adminConsent.redirectUri}${search}`);
        const { id } = await administration.adminConsent.complete(callback, c.get('session'));
        return c.redirect(withDone(`/profiles/${id}`, 'admin-consented'), 303);
      } catch (error) {
        return refusal(c, error, null);
      }
    })
    .get('/oauth/callback', async (c) => {
      const { search, searchParams } = new URL(c.req.url);
      try {
        const callback = new URL(`${administration.consent.redirectUri}${search}`);
        const { id } = await administration.consent.complete(callback, c.get('session'));
        return c.redirect(withDone(await wayOn(administration, id), 'connected'), 303);
      } catch (error) {
        return refusal(c, error, consents.peek(searchParams.get('state') ?? ''));
      }
    });
}

/** Whoever connects on the way of a guide goes on there; else it is the profile that they see. */
async function wayOn({ guide }: PageDeps['administration'], profileId: string): Promise<string> {
  const walked = (await guide.list()).find((one) => one.profileId === profileId && one.serverId === null);
  return walked ? `/guide/${walked.id}/mailbox` : `/profiles/${profileId}`;
}

/** Whether a click on a page of ours or the person's own address line led here, by Fetch Metadata. */
function isOwnNavigation(c: ConsoleContext): boolean {
  const site = c.req.header('sec-fetch-site');
  return site === 'same-origin' || site === 'none';
}

function notOurNavigation(): Problem {
  return new Problem({
    code: 'consent.forged',
    kind: 'forbidden',
    title: 'Connecting was not started from this console',
    cause: 'A link on another site led here, or the browser is too old to tell.',
    remedy: 'Open the credential profile here and press Connect.',
  });
}

/** Why it did not work and the way to try again. */
function refusal(c: ConsoleContext, error: unknown, profileId: string | null) {
  if (!(error instanceof Problem) || error.kind === 'not-found') throw error;
  const again = profileId
    ? html`<a class="button primary" href="/profiles/${profileId}/connect">Reconnect</a>
        <a class="button" href="/profiles/${profileId}">Open the profile</a>`
    : html`<a class="button primary" href="/profiles">Choose the profile and reconnect</a>`;
  const page = signedInPage(c, {
    title: 'Connecting did not work',
    parent: { href: '/profiles', label: 'Credential profiles' },
    lead: 'Nothing was saved; what was connected before stays.',
    content: problemPanel(error.toJSON(), again),
  });
  return c.html(page, problemStatus(error) as 502);
}
