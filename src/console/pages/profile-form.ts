import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile, GrantType, Provider } from '../../model/credential-profile.ts';
import { protocols } from '../../model/mail-server.ts';
import { copyable } from '../components/copy.ts';
import { choiceField, inputField, selectField, textField } from '../components/field.ts';
import { csrfInput, errorSummary } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm, splitList } from '../form.ts';
import { signedInPage } from '../layout.ts';

export const grantNames: Record<GrantType, string> = {
  authorization_code: 'A person signs in once',
  client_credentials: 'The app by itself',
};

export const providerNames: Record<Provider, string> = {
  microsoft: 'Microsoft 365',
  custom: 'Another provider',
};

type Values = Record<string, string>;

const blank: Values = {
  name: '',
  provider: 'microsoft',
  grant: 'authorization_code',
  protocol: 'imap',
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
    protocol: values.protocol,
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
    protocol: profile.protocol,
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
    content: html`${errorSummary(state)}
      <div class="note for-person"><p><strong>Redirect URI</strong> to register in the app, platform Web, exactly as it stands:</p>
        <p>${copyable(redirectUri, 'redirect URI')}</p></div>
      <form method="post" action="/profiles" class="card form" novalidate>
        ${csrfInput(c)}
        ${fields(state, true)}
        <div class="actions"><button class="button primary">Save profile</button><a class="button" href="/profiles">Cancel</a></div>
      </form>`,
  });
}

function renderEdit(c: ConsoleContext, profile: CredentialProfile, state: FormState): Html {
  const path = `/profiles/${profile.id}`;
  return signedInPage(c, {
    title: `Edit ${profile.name}`,
    parent: { href: path, label: profile.name },
    lead: html`Another provider, app, tenant or sign-in name makes a new Connect necessary. The client secret has <a href="${path}/secret">its own page</a>.`,
    content: html`${errorSummary(state)}
      <form method="post" action="${path}" class="card form" novalidate>
        ${csrfInput(c)}
        ${fields(state, false)}
        <div class="actions"><button class="button primary">Save profile</button><a class="button" href="${path}">Cancel</a></div>
      </form>`,
  });
}

function fields(state: FormState, withSecret: boolean): Html {
  return html`
    ${inputField(state, { name: 'name', label: 'Name', required: true, maxlength: 100, hint: 'As you will find it again, such as “Contoso mailboxes”.' })}
    ${choiceField(state, {
      name: 'provider',
      label: 'Provider',
      choices: [
        {
          value: 'microsoft',
          label: providerNames.microsoft,
          hint: 'Work and school accounts of Microsoft Entra.',
        },
        { value: 'custom', label: providerNames.custom, hint: 'Any OAuth 2.0 authority.' },
      ],
    })}
    ${choiceField(state, {
      name: 'grant',
      label: 'Who gets the tokens',
      choices: [
        {
          value: 'authorization_code',
          label: grantNames.authorization_code,
          hint: 'Authorization code with PKCE. Somebody with access to the mailbox presses Connect.',
        },
        {
          value: 'client_credentials',
          label: grantNames.client_credentials,
          hint: 'Client credentials. Needs an application permission and, at Microsoft, access given in Exchange.',
        },
      ],
    })}
    ${selectField(state, { name: 'protocol', label: 'Used for', required: true, options: protocols.map((value) => ({ value, label: value.toUpperCase() })) })}
    <div class="group">
      <h2>Where the tokens come from</h2>
      ${choiceField(state, {
        name: 'endpoints',
        label: 'The authority’s addresses',
        choices: [
          { value: 'discovered', label: 'Found by Letterbox', hint: 'From the tenant ID or the issuer.' },
          {
            value: 'urls',
            label: 'Given by their URLs',
            hint: 'As the provider lists them, for example under Endpoints.',
          },
        ],
      })}
      <div class="by-tenant">${inputField(state, { name: 'tenant', label: 'Directory (tenant) ID', required: true, mono: true, hint: 'On the app’s overview page in Entra; or a verified domain such as contoso.com.' })}</div>
      <div class="by-issuer">${inputField(state, { name: 'issuer', label: 'Issuer', type: 'url', required: true, mono: true, placeholder: 'https://', hint: 'Its metadata is read from there.' })}</div>
      <div class="by-urls">
        <div class="for-person">${inputField(state, { name: 'authorizationUrl', label: 'Authorization URL', type: 'url', required: true, mono: true, placeholder: 'https://' })}</div>
        ${inputField(state, { name: 'tokenUrl', label: 'Token URL', type: 'url', required: true, mono: true, placeholder: 'https://' })}
      </div>
    </div>
    <div class="group">
      <h2>The app registration</h2>
      ${inputField(state, { name: 'clientId', label: 'Application (client) ID', required: true, mono: true })}
      ${withSecret ? inputField(state, { name: 'clientSecret', label: 'Client secret', type: 'password', required: true, mono: true, hint: 'The Value, not the Secret ID. It is kept encrypted and never shown again.' }) : ''}
      ${inputField(state, { name: 'clientSecretExpiresOn', label: 'Secret expires on', type: 'date', hint: 'Letterbox reminds you 30 days before.' })}
    </div>
    <div class="group">
      <h2>Details</h2>
      <div class="for-person">${inputField(state, { name: 'signInName', label: 'Sign-in name', hint: 'Who must sign in at Connect, where that is not whoever happens to. Often not the mailbox’s address.' })}</div>
      ${textField(state, { name: 'scopes', label: 'Scopes', rows: 2, mono: true, hint: 'Empty takes the right ones for the provider and the protocol.' })}
    </div>`;
}
