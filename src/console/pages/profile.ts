import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import { certificateOf } from '../../administration/profile-certificate.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { redirectUriOf } from '../address.ts';
import { stateCell } from '../components/cell.ts';
import { buttonForm } from '../components/form.ts';
import { problemPanel } from '../components/problem.ts';
import { profileStatus } from '../components/status.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { type Done, withDone } from '../done.ts';
import type { Html } from '../html.ts';
import type { FormView, RecordColumn, ResourceView } from '../resources/view.ts';
import { connectAction, namingButton, secretAction } from './profile-connect.ts';
import { grantFacts, hasAdministrators, registrationFacts } from './profile-facts.ts';
import { replaceable } from './profile-secret.ts';
import { renderUsers } from './profile-users.ts';

type Servers = Awaited<ReturnType<PageDeps['administration']['servers']['list']>>;

/** Credential profiles, with their grants; connecting one is in `consent.ts`. */
export function profileView({ administration }: PageDeps): ResourceView<CredentialProfile> {
  const { servers, profiles } = administration;
  const { grant } = profiles.resource.fields;
  const howOf = (profile: CredentialProfile) =>
    profile.authentication === 'password' ? 'Password' : (grant?.show(profile.grant) ?? '');
  return {
    picture: 'key',
    lead: 'How Letterbox gets tokens for mailboxes: an app registration and, once connected, its grant.',
    empty: 'Register an app with your mail provider, then enter its IDs and secret here.',
    detailOf: howOf,
    remarkOf: ({ state }) => (state === 'connected' ? null : 'not connected'),
    columns: async () => columns(await servers.list()),
    form: {
      ...formView(administration),
      ...(administration.discovery.isOn && { discovery: { ...administration.discovery, address: null } }),
    },
    async page(c, profile) {
      const isOauth = profile.authentication === 'oauth2';
      return {
        lead: profileStatus(profile),
        actions: html`${profile.problem === null && grantActions(c, profile)}`,
        above: html`
          ${profile.problem && problemPanel(namingButton(profile.problem, profile), grantActions(c, profile))}
          ${isOauth && html`<section class="card"><h2>Grant</h2>${facts(grantFacts(profile))}</section>`}`,
        below: html`
          ${
            isOauth &&
            html`<section class="card">
              <h2>For the app registration</h2>
              ${facts(registrationFacts(c, profile, administration))}
              ${registrationActions(c, profile)}
            </section>`
          }
          <section class="card"><h2>Used by</h2>${await renderUsers(profile, administration)}</section>`,
      };
    },
  };
}

export function grantPages({ administration: { profiles } }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .post('/profiles/:id/authorize', async (c) => {
      const { id } = await profiles.authorize(c.req.param('id'));
      return c.redirect(withDone(`/profiles/${id}`, 'token-received'), 303);
    })
    .get('/profiles/:id/certificate.pem', async (c) => {
      const { pem } = certificateOf(await profiles.get(c.req.param('id')));
      return c.body(pem, 200, {
        'content-type': 'application/x-pem-file',
        'content-disposition': 'attachment; filename="letterbox.pem"',
      });
    })
    .post('/profiles/:id/certificate', async (c) => {
      const { id } = await profiles.renewCertificate(c.req.param('id'));
      return c.redirect(withDone(`/profiles/${id}`, 'certificate-replaced'), 303);
    });
}

function columns(servers: Servers): RecordColumn<CredentialProfile>[] {
  const faint = (text: string) => html`<span class="faint">${text}</span>`;
  return [
    { label: 'State', cell: (profile) => stateCell(profileStatus(profile), profile.problem) },
    { label: 'Signed in as', cell: (profile) => profile.account?.username ?? faint(nobody(profile)) },
    { label: 'Secret expires', cell: (profile) => secretEnd(profile) ?? faint('not noted') },
    {
      label: 'Servers',
      kind: 'number',
      cell: ({ id }) => servers.filter(({ profileId }) => profileId === id).length,
    },
  ];
}

/** The day on which what the app shows ends. */
function secretEnd({ clientSecretExpiresOn, clientAuthentication, clientCertificate }: CredentialProfile) {
  if (clientAuthentication === 'certificate') return clientCertificate?.expiresAt.slice(0, 10) ?? null;
  return clientAuthentication === 'secret' ? clientSecretExpiresOn : null;
}

function nobody({ authentication, grant }: CredentialProfile): string {
  if (authentication === 'password') return 'each mailbox';
  return grant === 'client_credentials' ? 'the app itself' : 'nobody';
}

function formView(administration: Administration): FormView<CredentialProfile> {
  return {
    note: {
      when: { authentication: ['oauth2'], grant: ['authorization_code'] },
      html: (
        c,
      ) => html`<p><strong>Redirect URI</strong> to register in the app, platform Web, exactly as it stands:</p>
        <p>${redirectUriOf(c, administration, administration.consent.redirectUri, 'redirect URI')}</p>`,
    },
    // A secret that is there already has a page of its own; so has what decides where it comes from.
    elsewhere(profile) {
      const secret = profile && replaceable(profile);
      if (!secret) return [];
      return secret.field === 'clientKeyPair' ? ['keyPairFrom', secret.field] : [secret.field];
    },
    leadOf: (profile) => html`
      ${profile.authentication === 'oauth2' && 'Another provider, app, tenant or sign-in name makes a new Connect necessary.'}
      ${replaceable(profile) && html`What is secret has <a href="/profiles/${profile.id}/secret">its own page</a>.`}`,
    created: (_c, profile) => createdMessage(profile),
  };
}

function createdMessage({ authentication, grant, clientAuthentication }: CredentialProfile): Done {
  if (authentication === 'password') return 'profile-created-password';
  if (clientAuthentication === 'certificate') return 'profile-created-certificate';
  return grant === 'client_credentials' ? 'profile-created-app' : 'profile-created';
}

/** Whatever the state, the ways to a new grant and to a new secret are there: beside what is wrong, or under the title. */
function grantActions(c: ConsoleContext, profile: CredentialProfile): Html {
  return html`${connectAction(c, profile)}${secretAction(profile)}`;
}

/** What an administrator of the tenant does besides: giving the app its certificate, and consenting for everybody. */
function registrationActions(c: ConsoleContext, profile: CredentialProfile): Html {
  const path = `/profiles/${profile.id}`;
  const certificate = profile.clientAuthentication === 'certificate' && profile.clientCertificate !== null;
  const consent = hasAdministrators(profile);
  return html`${
    (certificate || consent) &&
    html`<div class="actions">
      ${certificate && html`<a class="button" href="${path}/certificate.pem" download>Download certificate</a>`}
      ${certificate && buttonForm(c, `${path}/certificate`, 'Make a new certificate')}
      ${consent && html`<a class="button" href="${path}/admin-consent">Consent as an administrator</a>`}
    </div>`
  }`;
}
