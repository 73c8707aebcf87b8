import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { titleCell } from '../components/cell.ts';
import { code } from '../components/code.ts';
import { confirmation } from '../components/confirmation.ts';
import { copyable } from '../components/copy.ts';
import { buttonForm } from '../components/form.ts';
import { moment } from '../components/moment.ts';
import { problemPanel } from '../components/problem.ts';
import { profileStatus, serverStatus } from '../components/status.ts';
import { facts, table } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { signedInPage } from '../layout.ts';
import { grantNames, providerNames } from './profile-fields.ts';

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
            <section class="card"><h2>Grant</h2>${facts(grantFacts(profile))}</section>
            <section class="card">
              <h2>App registration</h2>
              ${facts(appFacts(profile, administration.consent.redirectUri))}
            </section>
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
function grantActions(c: ConsoleContext, { id, grant, connectedAt }: CredentialProfile): Html {
  const grantButton =
    grant === 'client_credentials'
      ? buttonForm(c, `/profiles/${id}/authorize`, 'Get a token now', 'button primary')
      : // A link, not a form: CSP form-action would stop the redirect to the authority.
        html`<a class="button primary" href="/profiles/${id}/connect">
          ${connectedAt === null ? 'Connect' : 'Reconnect'}</a>`;
  return html`${grantButton}<a class="button" href="/profiles/${id}/secret">Replace secret</a>`;
}

function grantFacts(profile: CredentialProfile): [string, Html | string | null][] {
  if (profile.grant === 'client_credentials')
    return [
      ['How', grantNames[profile.grant]],
      ['First token', moment(profile.connectedAt, 'none yet')],
    ];
  return [
    ['How', grantNames[profile.grant]],
    [
      'Signed in as',
      profile.account
        ? html`<strong>${profile.account.username}</strong>${profile.account.name && ` (${profile.account.name})`}`
        : html`<span class="faint">nobody yet</span>`,
    ],
    ['Expected sign-in', profile.signInName],
    ['Connected', moment(profile.connectedAt)],
  ];
}

function appFacts(profile: CredentialProfile, redirectUri: string): [string, Html | string | null][] {
  return [
    ['Provider', providerNames[profile.provider]],
    ['Directory (tenant) ID', profile.tenant && code(profile.tenant)],
    ['Issuer', profile.issuer && code(profile.issuer)],
    ['Authorization URL', profile.authorizationUrl && code(profile.authorizationUrl)],
    ['Token URL', profile.tokenUrl && code(profile.tokenUrl)],
    ['Application (client) ID', code(profile.clientId)],
    ['Client secret', `kept encrypted, ${secretExpiry(profile)}`],
    [
      'Scopes',
      profile.scopes.length === 0 ? 'the usual ones for what it is used for' : code(profile.scopes.join(' ')),
    ],
    ['Redirect URI', profile.grant === 'authorization_code' ? copyable(redirectUri, 'redirect URI') : null],
  ];
}

function secretExpiry({ clientSecretExpiresOn }: CredentialProfile): string {
  return clientSecretExpiresOn === null ? 'expiry not noted' : `expires on ${clientSecretExpiresOn}`;
}
