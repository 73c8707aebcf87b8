import { html } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import { problemStatus } from '../../http/problem-response.ts';
import type { Problem } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { redirectUriOf } from '../address.ts';
import { copyable } from '../components/copy.ts';
import { problemPanel } from '../components/problem.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext } from '../context.ts';
import { signedInPage } from '../layout.ts';
import { namingButton } from './profile-connect.ts';

/** Asked for in the address by whoever goes to the provider although it has said no. */
export const goAnyway = 'anyway';

/** The provider would not take the browser: why, what it was asked with, and the way there all the same. */
export function renderNotTaken(
  c: ConsoleContext,
  administration: Administration,
  profile: CredentialProfile,
  { problem, path, label, uri }: { problem: Problem; path: string; label: string; uri: string },
): Response {
  const { id, name, clientId, tenant } = profile;
  const provider = providerOf(administration, profile);
  const page = signedInPage(c, {
    title: 'This would not work',
    parent: { href: `/profiles/${id}`, label: name },
    lead: html`Letterbox asked ${provider} first, and did not send you there: the reason would be hard to see.`,
    content: html`
      ${problemPanel(
        namingButton(problem.toJSON(), profile),
        html`<a class="button primary" href="${path}">${label}</a>
          <a class="button" href="/profiles/${id}/edit">Edit the profile</a>
          <a class="button" href="${path}?${goAnyway}">Go to ${provider} all the same</a>`,
      )}
      <section class="card"><h2>What ${provider} was asked with</h2>${facts([
        ['Client ID', copyable(clientId, 'client ID')],
        ['Tenant', tenant === null ? null : copyable(tenant, 'tenant')],
        ['Redirect URI', redirectUriOf(c, administration, uri, 'redirect URI')],
      ])}</section>`,
  });
  return c.html(page, problemStatus(problem) as 502) as Response;
}

/** What a provider is called within a sentence. */
export function providerOf({ profiles }: Administration, { provider }: CredentialProfile): string {
  if (provider === 'custom') return 'the provider';
  return profiles.resource.kind?.kinds.find(({ name }) => name === provider)?.label ?? 'the provider';
}
