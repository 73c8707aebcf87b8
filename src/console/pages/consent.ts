import { Hono } from 'hono';
import { html } from 'hono/html';
import { problemStatus } from '../../http/problem-response.ts';
import { Problem } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { assertComesBack } from '../address.ts';
import { problemPanel } from '../components/problem.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { assertOwnNavigation } from '../own-navigation.ts';
import { goAnyway, renderNotTaken } from './not-taken.ts';
import { connectLabel, namingButton, secretAction } from './profile-connect.ts';

/** *Connect*: the browser's way to the authority and back. */
export function consentPages({ administration, consents }: PageDeps): Hono<ConsoleEnv> {
  const { profiles, consent } = administration;
  return new Hono<ConsoleEnv>()
    .get('/profiles/:id/connect', async (c) => {
      assertOwnNavigation(c);
      const profile = await profiles.get(c.req.param('id'));
      const { id } = profile;
      try {
        assertComesBack(c, administration, `/profiles/${id}`);
        if (c.req.query(goAnyway) === undefined) {
          const problem = await problemOf(consent.check(id));
          const way = { path: `/profiles/${id}/connect`, label: connectLabel(profile) };
          if (problem)
            return renderNotTaken(c, administration, profile, { ...way, problem, uri: consent.redirectUri });
        }
        const authority = await consent.begin(id, c.get('session'));
        consents.keep(authority.searchParams.get('state') ?? '', id);
        return c.redirect(authority.href, 303);
      } catch (error) {
        return renderRefusal(c, error, profile);
      }
    })
    .get('/oauth/callback', async (c) => {
      const { search, searchParams } = new URL(c.req.url);
      try {
        const { id } = await consent.complete(new URL(`${consent.redirectUri}${search}`), c.get('session'));
        return c.redirect(withDone(await wayOn(administration, id), 'connected'), 303);
      } catch (error) {
        const id = consents.peek(searchParams.get('state') ?? '');
        return renderRefusal(c, error, id === null ? null : await profiles.get(id));
      }
    });
}

/** What stands in the way of something, where it does. */
export async function problemOf(looked: Promise<unknown>): Promise<Problem | null> {
  try {
    await looked;
    return null;
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === 'conflict') throw error;
    return error;
  }
}

/** Whoever connects on the way of a guide goes on there; else it is the profile that they see. */
async function wayOn({ guide }: PageDeps['administration'], profileId: string): Promise<string> {
  const walked = (await guide.list()).find((one) => one.profileId === profileId && one.serverId === null);
  return walked ? `/guide/${walked.id}/mailbox` : `/profiles/${profileId}`;
}

/** Why it did not work and the way to try again. */
export function renderRefusal(
  c: ConsoleContext,
  error: unknown,
  profile: CredentialProfile | null,
): Response {
  if (!(error instanceof Problem) || error.kind === 'not-found') throw error;
  const page = signedInPage(c, {
    title: 'Connecting did not work',
    parent: { href: '/profiles', label: 'Credential profiles' },
    lead: 'Nothing was saved; what was connected before stays.',
    content: problemPanel(namingButton(error.toJSON(), profile), waysOn(profile, error)),
  });
  return c.html(page, problemStatus(error) as 502) as Response;
}

function waysOn(profile: CredentialProfile | null, { kind }: Problem): Html {
  if (!profile) return html`<a class="button primary" href="/profiles">Choose the profile</a>`;
  const path = `/profiles/${profile.id}`;
  const isByBrowser = profile.authentication === 'oauth2' && profile.grant === 'authorization_code';
  return html`${isByBrowser && html`<a class="button primary" href="${path}/connect">${connectLabel(profile)}</a>`}
    ${kind === 'credentials' && secretAction(profile)}
    <a class="button" href="${path}">Open the profile</a>`;
}
