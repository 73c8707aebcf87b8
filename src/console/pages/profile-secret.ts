import { Hono } from 'hono';
import { invalidInput } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile.ts';
import { type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { type Done, withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm } from '../form.ts';
import { signedInPage } from '../layout.ts';
import { profileFields } from './profile-fields.ts';

/** A secret of a profile, as the page that replaces it needs it. */
interface Replaceable {
  title: string;
  submit: string;
  field: 'clientSecret' | 'clientKeyPair' | 'password';
  fields: Field[];
  expected: string;
  done: Done;
}

const secret: Replaceable = {
  title: 'Replace the client secret',
  submit: 'Replace secret',
  field: 'clientSecret',
  fields: [profileFields.clientSecret, profileFields.clientSecretExpiresOn],
  expected: 'the new secret’s Value',
  done: 'secret-replaced',
};
const certificate: Replaceable = {
  title: 'Replace the certificate',
  submit: 'Replace certificate',
  field: 'clientKeyPair',
  fields: [profileFields.clientKeyPair],
  expected: 'the new certificate and its private key in PEM',
  done: 'certificate-replaced',
};
const password: Replaceable = {
  title: 'Replace the password',
  submit: 'Replace password',
  field: 'password',
  fields: [profileFields.password],
  expected: 'the new password',
  done: 'password-replaced',
};

/** *Replace secret* (P2), or certificate or password: the new value, and nothing else. */
export function profileSecretPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/profiles/:id/secret', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      return c.html(render(c, profile, { values: {}, problem: null }));
    })
    .post('/profiles/:id/secret', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      const { field, expected, done } = replaceable(profile);
      const { [field]: given = '', clientSecretExpiresOn = '' } = await readForm(c);
      try {
        if (given === '') throw invalidInput([{ field, expected }]);
        await administration.profiles.update(profile.id, {
          [field]: given,
          ...(field === 'clientSecret' && { clientSecretExpiresOn: orNull(clientSecretExpiresOn) }),
        });
        return c.redirect(withDone(`/profiles/${profile.id}`, done), 303);
      } catch (error) {
        const state = { values: { clientSecretExpiresOn }, problem: inputProblem(error) };
        return c.html(render(c, profile, state), 422);
      }
    });
}

function replaceable({ authentication, clientAuthentication }: CredentialProfile): Replaceable {
  if (authentication === 'password') return password;
  return clientAuthentication === 'certificate' ? certificate : secret;
}

function render(c: ConsoleContext, profile: CredentialProfile, state: FormState): Html {
  const path = `/profiles/${profile.id}`;
  const { title, submit, fields } = replaceable(profile);
  return signedInPage(c, {
    title,
    parent: { href: path, label: profile.name },
    lead: 'Fetching goes on from where it stopped; nothing is lost or doubled.',
    content: editForm(c, state, {
      action: `${path}/secret`,
      fields,
      content: fields.map((field) => renderField(state, field)),
      submit,
      cancel: path,
    }),
  });
}
