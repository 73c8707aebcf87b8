import { Hono } from 'hono';
import { invalidInput } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { AnyField } from '../../resources/field.ts';
import type { Resource } from '../../resources/resource.ts';
import { renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { type Done, withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm } from '../form.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { formFields } from '../resources/fields.ts';

/** A secret of a profile, as the page that replaces it needs it. */
interface Replaceable {
  title: string;
  submit: string;
  field: 'clientSecret' | 'clientKeyPair' | 'password';
  /** Asked for with it. */
  beside: 'clientSecretExpiresOn' | null;
  expected: string;
  done: Done;
}

const secret: Replaceable = {
  title: 'Replace the client secret',
  submit: 'Replace secret',
  field: 'clientSecret',
  beside: 'clientSecretExpiresOn',
  expected: 'the new secret’s Value',
  done: 'secret-replaced',
};
const certificate: Replaceable = {
  title: 'Replace the certificate',
  submit: 'Replace certificate',
  field: 'clientKeyPair',
  beside: null,
  expected: 'the new certificate and its private key in PEM',
  done: 'certificate-replaced',
};
const password: Replaceable = {
  title: 'Replace the password',
  submit: 'Replace password',
  field: 'password',
  beside: null,
  expected: 'the new password',
  done: 'password-replaced',
};

/** *Replace secret*, or certificate or password: the new value, and nothing else. */
export function profileSecretPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { profiles } = administration;
  return new Hono<ConsoleEnv>()
    .get('/profiles/:id/secret', async (c) => {
      const profile = await profiles.get(c.req.param('id'));
      return c.html(render(c, profiles.resource, profile, { values: {}, problem: null }));
    })
    .post('/profiles/:id/secret', async (c) => {
      const profile = await profiles.get(c.req.param('id'));
      const { field, beside, expected, done } = replaceable(profile) ?? secret;
      const { [field]: given = '', clientSecretExpiresOn = '' } = await readForm(c);
      try {
        if (given === '') throw invalidInput([{ field, expected }]);
        await profiles.update(profile.id, {
          [field]: given,
          ...(beside && { [beside]: orNull(clientSecretExpiresOn) }),
        });
        return c.redirect(withDone(`/profiles/${profile.id}`, done), 303);
      } catch (error) {
        const state = { values: { clientSecretExpiresOn }, problem: inputProblem(error) };
        return c.html(render(c, profiles.resource, profile, state), 422);
      }
    });
}

/** Null where nothing secret is kept for it. */
export function replaceable({ authentication, clientAuthentication }: CredentialProfile): Replaceable | null {
  if (authentication === 'password') return password;
  if (clientAuthentication === 'certificate') return certificate;
  return clientAuthentication === 'secret' ? secret : null;
}

function render(c: ConsoleContext, resource: Resource, profile: CredentialProfile, state: FormState): Html {
  const path = `/profiles/${profile.id}`;
  const { title, submit, field, beside } = replaceable(profile) ?? secret;
  const fields = formFields({
    resource,
    fields: Object.fromEntries(
      [field, ...(beside ? [beside] : [])].map((name) => [name, resource.fields[name] as AnyField]),
    ),
    record: null,
    references: new Map(),
    values: state.values,
  });
  return signedInPage(c, {
    title,
    parent: { href: path, label: profile.name },
    lead: 'Fetching goes on from where it stopped; nothing is lost or doubled.',
    content: editForm(c, state, {
      action: `${path}/secret`,
      fields,
      content: fields.map((one) => renderField(state, one)),
      submit,
      cancel: path,
    }),
  });
}
