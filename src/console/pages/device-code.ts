import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DeviceSignIn } from '../../administration/administration.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';

import { copyable } from '../components/copy.ts';
import { buttonForm } from '../components/form.ts';
import { moment } from '../components/moment.ts';
import { problemPanel } from '../components/problem.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';

/** How often the page looks for the outcome, in seconds; it needs no script for it. */
const lookEverySeconds = 4;

/** *Connect* by a code that is entered on any device (RFC 8628). */
export function deviceCodePages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { profiles, deviceCode } = administration;
  return new Hono<ConsoleEnv>()
    .post('/profiles/:id/device-code', async (c) => {
      const { id } = await profiles.get(c.req.param('id'));
      await deviceCode.begin(id);
      return c.redirect(`/profiles/${id}/device-code`, 303);
    })
    .get('/profiles/:id/device-code', async (c) => {
      const profile = await profiles.get(c.req.param('id'));
      const path = `/profiles/${profile.id}`;
      const shown = await deviceCode.state(profile.id);
      if (shown === null) return c.redirect(path, 303);
      if (shown.outcome?.kind === 'connected') return c.redirect(withDone(path, 'connected'), 303);
      if (shown.outcome === null) c.header('refresh', String(lookEverySeconds));
      return c.html(
        signedInPage(c, {
          title: shown.outcome === null ? 'Enter this code' : 'Connecting did not work',
          parent: { href: path, label: profile.name },
          lead:
            shown.outcome === null
              ? 'On any device, signed in as the person whose mailboxes are meant. This page goes on by itself then.'
              : 'Nothing was saved; what was connected before stays.',
          content:
            shown.outcome === null
              ? renderCode(c, profile, shown)
              : problemPanel(
                  shown.outcome.problem,
                  buttonForm(c, `${path}/device-code`, 'Get a new code', 'button primary'),
                ),
        }),
      );
    })
    .post('/profiles/:id/device-code/cancel', async (c) => {
      const { id } = await profiles.get(c.req.param('id'));
      await deviceCode.cancel(id);
      return c.redirect(withDone(`/profiles/${id}`, 'device-code-cancelled'), 303);
    });
}

function renderCode(c: ConsoleContext, { id, signInName }: CredentialProfile, shown: DeviceSignIn): Html {
  const { userCode, verificationUri, expiresAt } = shown;
  return html`<section class="card">
    ${facts([
      ['Code', html`<strong>${copyable(userCode, 'code')}</strong>`],
      ['Enter it at', copyable(verificationUri, 'address')],
      ['Sign in as', signInName],
      ['Good until', moment(expiresAt)],
    ])}
    <div class="actions">
      ${
        // The address is the authority's word: nothing but the web is opened by it.
        verificationUri.startsWith('https://') &&
        html`<a class="button primary" href="${verificationUri}" target="_blank" rel="noopener noreferrer">
          Open the address</a>`
      }
      ${buttonForm(c, `/profiles/${id}/device-code/cancel`, 'Give up')}
    </div>
  </section>`;
}
