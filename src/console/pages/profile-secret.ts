import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { invalidInput } from '../../model/problem.ts';
import { inputField } from '../components/field.ts';
import { csrfInput, errorSummary } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm } from '../form.ts';
import { signedInPage } from '../layout.ts';

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
  return signedInPage(c, {
    title: 'Replace the client secret',
    parent: { href: `/profiles/${profile.id}`, label: profile.name },
    lead: 'Fetching goes on from where it stopped; nothing is lost or doubled.',
    content: html`${errorSummary(state)}
      <form method="post" class="card form" novalidate>
        ${csrfInput(c)}
        ${inputField(state, {
          name: 'clientSecret',
          label: 'New client secret',
          type: 'password',
          required: true,
          mono: true,
          hint: 'The Value, not the Secret ID. It is shown only once where you make it.',
        })}
        ${inputField(state, {
          name: 'clientSecretExpiresOn',
          label: 'Secret expires on',
          type: 'date',
          hint: 'Letterbox reminds you 30 days before.',
        })}
        <div class="actions"><button class="button primary">Replace secret</button><a class="button" href="/profiles/${profile.id}">Cancel</a></div>
      </form>`,
  });
}
