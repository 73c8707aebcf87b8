import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { copyable } from '../components/copy.ts';
import { type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm, splitList } from '../form.ts';
import { signedInPage } from '../layout.ts';
import { profileFields as fields } from './profile-fields.ts';

type Values = Record<string, string>;

const blank: Values = {
  name: '',
  provider: 'microsoft',
  grant: 'authorization_code',
  uses: 'imap',
  endpoints: 'discovered',
  tenant: '',
  issuer: '',
  authorizationUrl: '',
  tokenUrl: '',
  clientId: '',
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
        const input = { ...toInput(values), clientSecret: values.clientSecret };
        const { id, grant } = await administration.profiles.create(input);
        const done = grant === 'client_credentials' ? 'profile-created-app' : 'profile-created';
        return c.redirect(withDone(`/profiles/${id}`, done), 303);
      } catch (error) {
        return c.html(renderNew(c, { values, problem: inputProblem(error) }, redirectUri), 422);
      }
    })
    .get('/profiles/:id/edit', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      return c.html(renderEdit(c, profile, { values: toValues(profile), problem: null }));
    })
    .post('/profiles/:id', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      const values = { ...blank, ...(await readForm(c)) };
      try {
        await administration.profiles.update(profile.id, toInput(values));
        return c.redirect(withDone(`/profiles/${profile.id}`, 'profile-saved'), 303);
      } catch (error) {
        return c.html(renderEdit(c, profile, { values, problem: inputProblem(error) }), 422);
      }
    });
}

/** What the form says, without what its other choices hide. */
function toInput(values: Values) {
  const byUrls = values.endpoints === 'urls';
  const microsoft = values.provider === 'microsoft';
  const person = values.grant === 'authorization_code';
  return {
    name: values.name,
    provider: values.provider,
    grant: values.grant,
    uses: splitList(values.uses, /\n/),
    tenant: microsoft && !byUrls ? orNull(values.tenant) : null,
    issuer: !microsoft && !byUrls ? orNull(values.issuer) : null,
    authorizationUrl: byUrls && person ? orNull(values.authorizationUrl) : null,
    tokenUrl: byUrls ? orNull(values.tokenUrl) : null,
    clientId: values.clientId,
    clientSecretExpiresOn: orNull(values.clientSecretExpiresOn),
    signInName: person ? orNull(values.signInName) : null,
    scopes: splitList(values.scopes, /\s+/),
  };
}

function toValues(profile: CredentialProfile): Values {
  return {
    name: profile.name,
    provider: profile.provider,
    grant: profile.grant,
    uses: profile.uses.join('\n'),
    endpoints: profile.tokenUrl === null ? 'discovered' : 'urls',
    tenant: profile.tenant ?? '',
    issuer: profile.issuer ?? '',
    authorizationUrl: profile.authorizationUrl ?? '',
    tokenUrl: profile.tokenUrl ?? '',
    clientId: profile.clientId,
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
      <div class="note for-person">
        <p><strong>Redirect URI</strong> to register in the app, platform Web, exactly as it stands:</p>
        <p>${copyable(redirectUri, 'redirect URI')}</p>
      </div>
      ${editForm(c, state, {
        action: '/profiles',
        fields: Object.values(fields),
        content: renderFields(state, true),
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
    lead: html`Another provider, app, tenant or sign-in name makes a new Connect necessary.
      The client secret has <a href="${path}/secret">its own page</a>.`,
    content: editForm(c, state, {
      action: path,
      fields: Object.values(fields),
      content: renderFields(state, false),
      submit: 'Save profile',
      cancel: path,
    }),
  });
}

function renderFields(state: FormState, withSecret: boolean): Html {
  const render = (field: Field) => renderField(state, field);
  return html`
    ${[fields.name, fields.provider, fields.grant, fields.uses].map(render)}
    <div class="group">
      <h2>Where the tokens come from</h2>
      ${render(fields.endpoints)}
      <div class="by-tenant">${render(fields.tenant)}</div>
      <div class="by-issuer">${render(fields.issuer)}</div>
      <div class="by-urls">
        <div class="for-person">${render(fields.authorizationUrl)}</div>
        ${render(fields.tokenUrl)}
      </div>
    </div>
    <div class="group">
      <h2>The app registration</h2>
      ${render(fields.clientId)}
      ${withSecret && render(fields.clientSecret)}
      ${render(fields.clientSecretExpiresOn)}
    </div>
    <div class="group">
      <h2>Details</h2>
      <div class="for-person">${render(fields.signInName)}</div>
      ${render(fields.scopes)}
    </div>`;
}
