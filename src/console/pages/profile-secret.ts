import { Hono } from 'hono';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { invalidInput } from '../../model/problem.ts';
import { renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm } from '../form.ts';
import { signedInPage } from '../layout.ts';
import { profileFields } from './profile-fields.ts';

const fields = [profileFields.clientSecret, profileFields.clientSecretExpiresOn];

/** *Replace secret* (P2): the new value and its date, and nothing else. */
export function profileSecretPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/profiles/:id/secret', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      return c.html(
        render(c, profile, { values: { clientSecret: '', clientSecretExpiresOn: '' }, problem: null }),
      );
    })
    .post('/profiles/:id/secret', async (c) => {
      const profile = await administration.profiles.get(c.req.param('id'));
      const { clientSecret = '', clientSecretExpiresOn = '' } = await readForm(c);
      try {
        if (clientSecret === '')
          throw invalidInput([{ field: 'clientSecret', expected: 'the new secret’s Value' }]);
        await administration.profiles.update(profile.id, {
          clientSecret,
          clientSecretExpiresOn: orNull(clientSecretExpiresOn),
        });
        return c.redirect(withDone(`/profiles/${profile.id}`, 'secret-replaced'), 303);
      } catch (error) {
        const state = { values: { clientSecret: '', clientSecretExpiresOn }, problem: inputProblem(error) };
        return c.html(render(c, profile, state), 422);
      }
    });
}

function render(c: ConsoleContext, profile: CredentialProfile, state: FormState): Html {
  const path = `/profiles/${profile.id}`;
  return signedInPage(c, {
    title: 'Replace the client secret',
    parent: { href: path, label: profile.name },
    lead: 'Fetching goes on from where it stopped; nothing is lost or doubled.',
    content: editForm(c, state, {
      action: `${path}/secret`,
      fields,
      content: fields.map((field) => renderField(state, field)),
      submit: 'Replace secret',
      cancel: path,
    }),
  });
}
