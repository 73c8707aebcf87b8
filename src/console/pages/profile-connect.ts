import { html } from 'hono/html';
import type { ProblemJson } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { buttonForm } from '../components/form.ts';
import type { ConsoleContext } from '../context.ts';
import type { Html } from '../html.ts';
import { replaceable } from './profile-secret.ts';

type Granted = Pick<CredentialProfile, 'grant' | 'connectedAt'>;

/** What the button says by which a profile gets its grant. */
export function connectLabel({ grant, connectedAt }: Granted): string {
  if (grant === 'client_credentials') return 'Get a token now';
  return connectedAt === null ? 'Connect' : 'Reconnect';
}

/** The button itself; nothing for a profile with a password. */
export function connectAction(c: ConsoleContext, profile: CredentialProfile): Html | null {
  const { id, grant, authentication } = profile;
  if (authentication === 'password') return null;
  const label = connectLabel(profile);
  if (grant === 'client_credentials')
    return buttonForm(c, `/profiles/${id}/authorize`, label, 'button primary');
  return grant === 'device_code'
    ? buttonForm(c, `/profiles/${id}/device-code`, label, 'button primary')
    : // A link, not a form: CSP form-action would stop the redirect to the authority.
      html`<a class="button primary" href="/profiles/${id}/connect">${label}</a>`;
}

/** The way to replace what the profile shows the provider; nothing where it shows nothing secret. */
export function secretAction(profile: CredentialProfile): Html | null {
  const secret = replaceable(profile);
  return secret && html`<a class="button" href="/profiles/${profile.id}/secret">${secret.submit}</a>`;
}

/** A problem that calls the button as it is called on this profile's pages; of whom it speaks, its words cannot know. */
export function namingButton(problem: ProblemJson, profile: Granted | null): ProblemJson {
  if (!profile) return problem;
  const label = connectLabel(profile);
  const named = (text: string) =>
    text
      .replace(/\b([Pp]ress) (?:Connect again|Reconnect|Connect)\b/g, `$1 ${label}`)
      .replace(
        /\b(R|r)econnect (?:the (?:credential )?profile|it)\b/g,
        (_, first) => `${first === 'R' ? 'P' : 'p'}ress ${label} on the profile`,
      )
      .replace(/\bconnect again\b/g, `press ${label}`);
  const { cause, remedy } = problem;
  return { ...problem, remedy: named(remedy), ...(cause !== undefined && { cause: named(cause) }) };
}
