import { html } from 'hono/html';
import { csrfField } from '../../http/csrf.ts';
import type { ConsoleContext, Html } from '../context.ts';
import { explainField, type FormState } from '../form.ts';
import { fieldId } from './field.ts';
import { icon } from './icon.ts';

/** The hidden field that every form of a session carries. */
export function csrfInput(c: ConsoleContext): Html {
  return html`<input type="hidden" name="${csrfField}" value="${c.get('csrf')}">`;
}

/** A form that is one button. */
export function buttonForm(c: ConsoleContext, action: string, label: Html | string, kind = 'button'): Html {
  return html`<form method="post" action="${action}">${csrfInput(c)}<button class="${kind}">${label}</button></form>`;
}

/** What was wrong with the input, above the form, with a way to each field; takes the focus. */
export function errorSummary({ problem, values }: FormState): Html | null {
  if (problem === null) return null;
  const fields = problem.fields ?? [];
  return html`<div class="error-summary" role="alert" tabindex="-1" autofocus>
    <h2>${icon('bad')}${problem.title}</h2>
    <ul>${fields.map((wrong) => {
      const name = formName(wrong.field, values);
      const label = labels[name ?? wrong.field] ?? wrong.field;
      return html`<li>${name ? html`<a href="#${fieldId(name)}">${label}</a>` : label}: ${explainField(wrong)}</li>`;
    })}</ul>
    ${problem.remedy && html`<p>${problem.remedy}</p>`}
  </div>`;
}

/** The form's own field that a wrong field belongs to: `folders` for `folders.0`. */
function formName(field: string, values: Record<string, string>): string | null {
  for (let name = field; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.'))))
    if (name in values) return name;
  return null;
}

/** Fields by the names that their labels use. */
const labels: Record<string, string> = {
  name: 'Name',
  tenant: 'Directory (tenant) ID',
  issuer: 'Issuer',
  authorizationUrl: 'Authorization URL',
  tokenUrl: 'Token URL',
  clientId: 'Application (client) ID',
  clientSecret: 'Client secret',
  clientSecretExpiresOn: 'Secret expires on',
  signInName: 'Sign-in name',
  scopes: 'Scopes',
  address: 'Mailbox address',
  profileId: 'Credential profile',
  host: 'Mail server',
  port: 'Port',
  username: 'User name',
  folders: 'Folders',
  startFrom: 'Which mail',
  'afterIntake.folder': 'Folder to move to',
  certificateAuthority: 'Private certificate authority',
  url: 'URL',
  servers: 'Which mail',
  token: 'Set-up token',
  password: 'Password',
  passwordRepeat: 'Password again',
};
