import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../resources/credential-profile.ts';

import { attributes } from '../components/attributes.ts';
import { copyable } from '../components/copy.ts';
import { type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { type Done, withDone } from '../done.ts';
import { type FormState, fieldMessage, inputProblem, orNull, readForm, splitList } from '../form.ts';
import { signedInPage } from '../layout.ts';
import { profileFields as fields } from './profile-fields.ts';

type Values = Record<string, string>;

const blank: Values = {
  name: '',
  provider: 'microsoft',
  cloud: 'worldwide',
  authentication: 'oauth2',
  password: '',
  grant: 'authorization_code',
  uses: 'imap',
  endpoints: 'discovered',
  tenant: '',
  issuer: '',
  authorizationUrl: '',
  tokenUrl: '',
  deviceAuthorizationUrl: '',
  clientId: '',
  clientAuthentication: 'secret',
  keyPairFrom: 'made',
  clientKeyPair: '',
  federatedTokenFile: '',
  clientSecret: '',
  clientSecretExpiresOn: '',
  signInName: '',
  scopes: '',
};

/** Adding and editing a credential profile. */
export function profileFormPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { redirectUri } = administration.consent;
  return new Hono<ConsoleEnv>()
    .get('/profiles/new', (c) => c.html(renderNew(c, { values: blank, problem: null }, redirectUri)))
    .post('/profiles', async (c) => {
      const values = { ...blank, ...(await readForm(c)) };
      try {
        const profile = await administration.profiles.create({ ...toInput(values), ...toSecret(values) });
        return c.redirect(withDone(`/profiles/${profile.id}`, createdMessage(profile)), 303);
      } catch (error) {
        return c.html(renderNew(c, { values, problem: inputProblem(error) }, redirectUri), 422);
      }
    })
    .get('/profiles/:id/edit', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      const values = { ...blank, ...toValues(profile) };
      return c.html(renderEdit(c, profile, { values, problem: null }));
    })
    .post('/profiles/:id', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      const values = { ...blank, ...(await readForm(c)) };
      try {
        await administration.profiles.update(profile.id, {
          ...toInput(values),
          // A secret that is there already has a page of its own.
          ...(isSecretMissing(profile, values) && toSecret(values)),
        });
        return c.redirect(withDone(`/profiles/${profile.id}`, 'profile-saved'), 303);
      } catch (error) {
        return c.html(renderEdit(c, profile, { values, problem: inputProblem(error) }), 422);
      }
    });
}

/** What the form says, without what its other choices hide. */
function toInput(values: Values) {
  const { microsoft, google, custom, password, grant, clientAuthentication } = chosen(values);
  const byUrls = values.endpoints === 'urls' && !google && !password;
  const byName = !byUrls && !password;
  const only = (shown: boolean, field: string) => (shown ? orNull(values[field]) : null);
  return {
    name: values.name,
    authentication: password ? 'password' : 'oauth2',
    provider: values.provider,
    cloud: microsoft ? values.cloud : 'worldwide',
    grant,
    uses: splitList(values.uses, /\n/),
    tenant: only(microsoft && byName, 'tenant'),
    issuer: only(custom && byName, 'issuer'),
    authorizationUrl: only(byUrls && grant === 'authorization_code', 'authorizationUrl'),
    tokenUrl: only(byUrls, 'tokenUrl'),
    deviceAuthorizationUrl: only(byUrls && custom && grant === 'device_code', 'deviceAuthorizationUrl'),
    clientId: password ? '' : values.clientId,
    clientAuthentication,
    clientSecretExpiresOn: only(!password && clientAuthentication === 'secret', 'clientSecretExpiresOn'),
    federatedTokenFile: only(!password && clientAuthentication === 'federated', 'federatedTokenFile'),
    signInName: only(!password && grant !== 'client_credentials', 'signInName'),
    scopes: password ? [] : splitList(values.scopes, /\s+/),
  };
}

/** The one secret that the choices ask for, byte for byte. */
function toSecret(values: Values) {
  const { password, clientAuthentication } = chosen(values);
  if (password) return { password: values.password };
  if (clientAuthentication === 'secret') return { clientSecret: values.clientSecret };
  const given = clientAuthentication === 'certificate' && values.keyPairFrom === 'given';
  return given ? { clientKeyPair: values.clientKeyPair } : {};
}

/** What is in force of the choices, some of which hide others. */
function chosen(values: Values) {
  const { provider } = values;
  const google = provider === 'google';
  const custom = provider === 'custom';
  const password = custom && values.authentication === 'password';
  return {
    microsoft: provider === 'microsoft',
    google,
    custom,
    password,
    grant: google || password ? 'authorization_code' : values.grant,
    clientAuthentication: google || password ? 'secret' : values.clientAuthentication,
  };
}

/** Whether the choices ask for a secret of another kind than the profile has. */
function isSecretMissing(profile: CredentialProfile, values: Values): boolean {
  const { password, clientAuthentication } = chosen(values);
  return password
    ? profile.authentication !== 'password'
    : profile.authentication === 'password' || profile.clientAuthentication !== clientAuthentication;
}

function createdMessage({ authentication, grant, clientAuthentication }: CredentialProfile): Done {
  if (authentication === 'password') return 'profile-created-password';
  if (clientAuthentication === 'certificate') return 'profile-created-certificate';
  return grant === 'client_credentials' ? 'profile-created-app' : 'profile-created';
}

function toValues(profile: CredentialProfile): Values {
  return {
    name: profile.name,
    provider: profile.provider,
    cloud: profile.cloud,
    authentication: profile.authentication,
    grant: profile.grant,
    uses: profile.uses.join('\n'),
    endpoints: profile.tokenUrl === null ? 'discovered' : 'urls',
    tenant: profile.tenant ?? '',
    issuer: profile.issuer ?? '',
    authorizationUrl: profile.authorizationUrl ?? '',
    tokenUrl: profile.tokenUrl ?? '',
    deviceAuthorizationUrl: profile.deviceAuthorizationUrl ?? '',
    clientId: profile.clientId,
    clientAuthentication: profile.clientAuthentication,
    federatedTokenFile: profile.federatedTokenFile ?? '',
    clientSecretExpiresOn: profile.clientSecretExpiresOn ?? '',
    signInName: profile.signInName ?? '',
    scopes: profile.scopes.join('\n'),
  };
}

function renderNew(c: ConsoleContext, state: FormState, redirectUri: string): Html {
  return signedInPage(c, {
    title: 'Add a credential profile',
    parent: { href: '/profiles', label: 'Credential profiles' },
    lead: 'The app that Letterbox is, in the eyes of your mail provider.',
    content: html`
      <div class="note for-browser">
        <p><strong>Redirect URI</strong> to register in the app, platform Web, exactly as it stands:</p>
        <p>${copyable(redirectUri, 'redirect URI')}</p>
      </div>
      ${editForm(c, state, {
        action: '/profiles',
        fields: Object.values(fields),
        content: renderFields(state, null),
        submit: 'Save profile',
        cancel: '/profiles',
      })}`,
  });
}

function renderEdit(c: ConsoleContext, profile: CredentialProfile, state: FormState): Html {
  const path = `/profiles/${profile.id}`;
  return signedInPage(c, {
    title: `Edit ${profile.name}`,
    parent: { href: path, label: profile.name },
    lead: html`${profile.authentication === 'oauth2' && 'Another provider, app, tenant or sign-in name makes a new Connect necessary.'}
      ${hasNoSecret(profile) ? null : html`What is secret has <a href="${path}/secret">its own page</a>.`}`,
    content: editForm(c, state, {
      action: path,
      fields: Object.values(fields),
      content: renderFields(state, profile),
      submit: 'Save profile',
      cancel: path,
    }),
  });
}

/** `present` is the profile as it is, null for a new one; a secret that it has is not asked for again. */
function renderFields(state: FormState, present: CredentialProfile | null): Html {
  const render = (field: Field) => renderField(state, field);
  const oauth = present?.authentication === 'oauth2' ? present.clientAuthentication : null;
  return html`
    ${[fields.name, fields.provider].map(render)}
    <div class="for-custom">${render(fields.authentication)}</div>
    <div class="for-oauth not-google">${render(fields.grant)}</div>
    ${render(fields.uses)}
    ${present?.authentication !== 'password' && html`<div class="for-password">${render(fields.password)}</div>`}
    <div class="group for-oauth not-google">
      <h2>Where the tokens come from</h2>
      ${render(fields.endpoints)}
      <div class="by-tenant">${render(fields.tenant)}</div>
      <div class="by-issuer">${render(fields.issuer)}</div>
      <div class="by-urls">
        <div class="for-browser">${render(fields.authorizationUrl)}</div>
        ${render(fields.tokenUrl)}
        <div class="for-custom for-device">${render(fields.deviceAuthorizationUrl)}</div>
      </div>
    </div>
    <div class="group for-oauth">
      <h2>The app registration</h2>
      ${render(fields.clientId)}
      ${oauth !== 'secret' && html`<div class="for-secret">${render(fields.clientSecret)}</div>`}
      <div class="for-secret">${render(fields.clientSecretExpiresOn)}</div>
      ${renderMore(state, 'Another proof than a client secret', 'not-google', [
        [fields.clientAuthentication, ''],
        ...(oauth === 'certificate'
          ? []
          : ([
              [fields.keyPairFrom, 'for-certificate'],
              [fields.clientKeyPair, 'for-certificate for-given'],
            ] as [Field, string][])),
        [fields.federatedTokenFile, 'for-federated'],
      ])}
    </div>
    <div class="group for-oauth">
      <h2>Details</h2>
      <div class="for-person">${render(fields.signInName)}</div>
      ${renderMore(state, 'Scopes, and other clouds of Microsoft’s', '', [
        [fields.cloud, 'for-microsoft'],
        [fields.scopes, ''],
      ])}
    </div>`;
}

/** What few need, folded away unless something of it was chosen or is wrong. Each field with what hides it. */
function renderMore(state: FormState, summary: string, hiddenBy: string, folded: [Field, string][]): Html {
  const open = folded.some(
    ([{ name }]) => (state.values[name] ?? '') !== blank[name] || fieldMessage(state, name) !== null,
  );
  return html`<details${attributes({ class: `more ${hiddenBy}`, open })}>
    <summary>${summary}</summary>
    ${folded.map(([field, className]) => html`<div class="${className}">${renderField(state, field)}</div>`)}
  </details>`;
}

function hasNoSecret({ authentication, clientAuthentication }: CredentialProfile): boolean {
  return authentication === 'oauth2' && ['federated', 'none'].includes(clientAuthentication);
}
