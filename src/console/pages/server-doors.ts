import { html } from 'hono/html';
import type { ProblemJson, ProblemKind } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { fieldId } from '../components/field.ts';
import type { ConsoleContext } from '../context.ts';
import type { Html } from '../html.ts';
import { connectAction, secretAction } from './profile-connect.ts';

/** What of a server's settings trouble of a kind is mended in. */
const settings: Partial<Record<ProblemKind, { label: string; field: string }>> = {
  folder: { label: 'Edit the folders', field: 'folders' },
  mailbox: { label: 'Edit the mailbox', field: 'address' },
  denied: { label: 'Edit the mailbox', field: 'address' },
  'sign-in': { label: 'Edit the mailbox', field: 'address' },
  protocol: { label: 'Edit the connection', field: 'host' },
  unavailable: { label: 'Edit the connection', field: 'host' },
  conflict: { label: 'Edit the connection', field: 'host' },
};

/** Trouble whose reason may be the grant of the profile, or what it signs in with. */
const ofProfile: readonly ProblemKind[] = ['consent', 'credentials', 'sign-in', 'denied'];

/** The ways to what mends a problem of a server: its profile, the access that is given to it, the very field of its settings. */
export function serverDoors(
  c: ConsoleContext,
  { id }: Pick<MailServer, 'id'>,
  profile: CredentialProfile | null,
  { kind }: Pick<ProblemJson, 'kind'>,
): Html {
  const setting = settings[kind];
  const isOfProfile = profile !== null && ofProfile.includes(kind);
  const isAppOnly = profile?.authentication === 'oauth2' && profile.grant === 'client_credentials';
  const isRefused = kind === 'sign-in' || kind === 'denied';
  return html`${isOfProfile && connectAction(c, profile)}
    ${isOfProfile && kind !== 'consent' && secretAction(profile)}
    ${isAppOnly && isRefused && html`<a class="button" href="/servers/${id}/access">See how access is given</a>`}
    ${setting && html`<a class="button" href="/servers/${id}/edit#${fieldId(setting.field)}">${setting.label}</a>`}`;
}
