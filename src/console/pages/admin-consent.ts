import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import { problemStatus } from '../../http/problem-response.ts';
import { Problem } from '../../model/problem.ts';
import {
  type AskedPermission,
  consentingRoles,
  permissionsAsked,
} from '../../oauth/authorities/microsoft/admin-consent.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { assertComesBack, redirectUriOf } from '../address.ts';
import { problemPanel } from '../components/problem.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { assertOwnNavigation } from '../own-navigation.ts';
import { problemOf, renderRefusal } from './consent.ts';
import { goAnyway, renderNotTaken } from './not-taken.ts';
import { hasAdministrators, renderAnswer } from './profile-facts.ts';

/** *Consent as an administrator*: what it needs and gives, the way to Microsoft and back, and what came of it. */
export function adminConsentPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { profiles, adminConsent } = administration;

  return new Hono<ConsoleEnv>()
    .get('/profiles/:id/admin-consent', async (c) => {
      const profile = await profiles.get(c.req.param('id'));
      if (!hasAdministrators(profile)) return c.redirect(`/profiles/${profile.id}`, 303);
      return c.html(renderPage(c, administration, profile));
    })
    .get('/profiles/:id/admin-consent/begin', async (c) => {
      assertOwnNavigation(c);
      const profile = await profiles.get(c.req.param('id'));
      const { id } = profile;
      const path = `/profiles/${id}/admin-consent/begin`;
      try {
        assertComesBack(c, administration, `/profiles/${id}`);
        const problem = c.req.query(goAnyway) === undefined ? await problemOf(adminConsent.check(id)) : null;
        const way = { path, label: 'Try again', uri: adminConsent.redirectUri };
        if (problem) return renderNotTaken(c, administration, profile, { ...way, problem });
        return c.redirect((await adminConsent.begin(id, c.get('session'))).href, 303);
      } catch (error) {
        return renderRefusal(c, error, profile);
      }
    })
    .get('/oauth/admin-consent', async (c) => {
      try {
        const callback = new URL(`${adminConsent.redirectUri}${new URL(c.req.url).search}`);
        const profile = await adminConsent.complete(callback, c.get('session'));
        const { id, adminConsent: answer } = profile;
        if (!answer?.problem) return c.redirect(withDone(`/profiles/${id}`, 'admin-consented'), 303);
        return c.html(
          renderPage(c, administration, profile),
          problemStatus(Problem.fromJSON(answer.problem)) as 502,
        );
      } catch (error) {
        return renderRefusal(c, error, null);
      }
    });
}

function renderPage(c: ConsoleContext, administration: Administration, profile: CredentialProfile): Html {
  const { id, name, grant, adminConsent: answer } = profile;
  return signedInPage(c, {
    title: 'Consent as an administrator',
    parent: { href: `/profiles/${id}`, label: name },
    lead: 'Once for everybody in the tenant: nobody else is asked then, and nobody gets a token by it.',
    content: html`
      ${answer?.problem && problemPanel(answer.problem)}
      <section class="card">
        <h2>Before you go to Microsoft</h2>
        ${facts(needs(c, administration, profile))}
        ${
          grant === 'client_credentials' &&
          html`<p>The app must have these as application permissions under <em>API permissions</em>: exactly what is
          registered there is consented to.</p>`
        }
        <div class="actions">
          <a class="button primary" href="/profiles/${id}/admin-consent/begin">Go to Microsoft</a>
          <a class="button" href="/profiles/${id}">Cancel</a>
        </div>
      </section>`,
  });
}

function needs(
  c: ConsoleContext,
  administration: Administration,
  profile: CredentialProfile,
): [string, Html | string | null][] {
  const uri = administration.adminConsent.redirectUri;
  const roles = consentingRoles(profile);
  return [
    ['Register as well', redirectUriOf(c, administration, uri, 'redirect URI of administrators')],
    ['Where', 'In Azure: App registrations > your app > Authentication, platform Web'],
    ['What is consented to', renderPermissions(permissionsAsked(profile))],
    ['Who can do it', `${roles.slice(0, -1).join(', ')} or ${roles.at(-1)}`],
    ['Last answer', profile.adminConsent && renderAnswer(profile.adminConsent, profile)],
  ];
}

function renderPermissions(permissions: readonly AskedPermission[]): Html {
  return html`<ul class="permissions">${permissions.map(
    ({ name, title }) =>
      html`<li><code>${name}</code>${title && html` <span class="faint">${title}</span>`}</li>`,
  )}</ul>`;
}
