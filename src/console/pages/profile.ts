import { Hono } from 'hono';
import { html } from 'hono/html';
import { certificateOf } from '../../administration/profile-certificate.ts';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { titleCell } from '../components/cell.ts';
import { confirmation } from '../components/confirmation.ts';
import { buttonForm } from '../components/form.ts';
import { moment } from '../components/moment.ts';
import { problemPanel } from '../components/problem.ts';
import { profileStatus, serverStatus } from '../components/status.ts';
import { facts, table } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { signedInPage } from '../layout.ts';
import { appFacts, grantFacts } from './profile-facts.ts';

const parent = { href: '/profiles', label: 'Credential profiles' };

/** One profile, and what may be done with it; connecting is in `consent.ts`. */
export function profilePages({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/profiles/:id', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      const servers = (await administration.servers.list()).filter(
        ({ profileId }) => profileId === profile.id,
      );
      return c.html(
        signedInPage(c, {
          title: profile.name,
          parent,
          lead: profileStatus(profile),
          actions: html`${grantActions(c, profile)}
            <a class="button" href="/profiles/${profile.id}/edit">Edit</a>`,
          content: html`
            ${profile.problem && problemPanel(profile.problem, grantActions(c, profile))}
            <section class="card"><h2>${
              profile.authentication === 'password' ? 'Password' : 'Grant'
            }</h2>${facts(grantFacts(profile))}</section>
            ${
              profile.authentication === 'oauth2' &&
              html`<section class="card">
                <h2>App registration</h2>
                ${facts(appFacts(profile, administration))}
                ${certificateActions(c, profile)}
              </section>`
            }
            <section class="card"><h2>Used by</h2>${
              servers.length === 0
                ? html`<p>No incoming email server uses this profile yet.
                      <a href="/servers/new?profile=${profile.id}">Add one</a></p>`
                : table(
                    'Servers that use this profile',
                    [{ label: 'Server' }, { label: 'State' }, { label: 'Last mail' }],
                    servers.map((server) => [
                      titleCell(`/servers/${server.id}`, server.name, server.address),
                      serverStatus(server.state.condition),
                      moment(server.state.lastMessageAt, 'none yet'),
                    ]),
                  )
            }</section>
            <p class="end">
              <a class="quiet danger-text" href="/profiles/${profile.id}/delete">Delete this profile</a>
            </p>`,
        }),
      );
    })
    .post('/profiles/:id/authorize', async (c) => {
      const { id } = await administration.profiles.authorize(c.req.param('id'));
      return c.redirect(withDone(`/profiles/${id}`, 'token-received'), 303);
    })
    .get('/profiles/:id/certificate.pem', async (c) => {
      const { pem } = certificateOf(await administration.profiles.get(c.req.param('id')));
      return c.body(pem, 200, {
        'content-type': 'application/x-pem-file',
        'content-disposition': 'attachment; filename="letterbox.pem"',
      });
    })
    .post('/profiles/:id/certificate', async (c) => {
      const { id } = await administration.profiles.renewCertificate(c.req.param('id'));
      return c.redirect(withDone(`/profiles/${id}`, 'certificate-replaced'), 303);
    })
    .get('/profiles/:id/delete', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      const back = `/profiles/${profile.id}`;
      return c.html(
        signedInPage(c, {
          title: `Delete ${profile.name}?`,
          parent: { href: back, label: profile.name },
          content: confirmation(c, {
            text: html`The app’s secret and the grant are deleted here for good.
              The app registration at your provider stays as it is.`,
            action: `${back}/delete`,
            label: 'Delete the profile',
            back,
          }),
        }),
      );
    })
    .post('/profiles/:id/delete', async (c) => {
      await administration.profiles.remove(c.req.param('id'));
      return c.redirect(withDone('/profiles', 'profile-removed'), 303);
    });
}

/** P2: whatever the state, the ways to a new grant and to a new secret are there. */
function grantActions(c: ConsoleContext, profile: CredentialProfile): Html {
  const { id, authentication, clientAuthentication } = profile;
  const secret = authentication === 'password' ? 'password' : clientAuthentication;
  const replace = secret === 'password' || secret === 'secret' || secret === 'certificate';
  return html`${authentication === 'oauth2' && connectAction(c, profile)}
    ${replace && html`<a class="button" href="/profiles/${id}/secret">Replace ${secret}</a>`}`;
}

function connectAction(c: ConsoleContext, { id, grant, connectedAt }: CredentialProfile): Html {
  if (grant === 'client_credentials')
    return buttonForm(c, `/profiles/${id}/authorize`, 'Get a token now', 'button primary');
  const label = connectedAt === null ? 'Connect' : 'Reconnect';
  return grant === 'device_code'
    ? buttonForm(c, `/profiles/${id}/device-code`, label, 'button primary')
    : // A link, not a form: CSP form-action would stop the redirect to the authority.
      html`<a class="button primary" href="/profiles/${id}/connect">${label}</a>`;
}

/** What an administrator of the tenant does besides: giving the app its certificate, and consenting for everybody. */
function certificateActions(c: ConsoleContext, profile: CredentialProfile): Html {
  const path = `/profiles/${profile.id}`;
  const certificate = profile.clientAuthentication === 'certificate' && profile.clientCertificate !== null;
  const consent = profile.provider === 'microsoft' && profile.tenant !== 'consumers';
  return html`${
    (certificate || consent) &&
    html`<div class="actions">
      ${certificate && html`<a class="button" href="${path}/certificate.pem" download>Download certificate</a>`}
      ${certificate && buttonForm(c, `${path}/certificate`, 'Make a new certificate')}
      ${consent && html`<a class="button" href="${path}/admin-consent">Consent as an administrator</a>`}
    </div>`
  }`;
}
