import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../resources/credential-profile.ts';

import { stateCell, titleCell } from '../components/cell.ts';
import { emptyState } from '../components/empty.ts';
import { icon } from '../components/icon.ts';
import { profileStatus } from '../components/status.ts';
import { table } from '../components/table.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { signedInPage } from '../layout.ts';
import { grantNames } from './profile-fields.ts';

export function profilesPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().get('/profiles', async (c) => {
    const [profiles, servers] = await Promise.all([
      administration.profiles.list(),
      administration.servers.list(),
    ]);
    const users = (id: string) => servers.filter(({ profileId }) => profileId === id).length;
    return c.html(
      signedInPage(c, {
        title: 'Credential profiles',
        lead: 'How Letterbox gets tokens for mailboxes: an app registration and, once connected, its grant.',
        actions: html`<a class="button primary" href="/profiles/new">${icon('plus')}Add a profile</a>`,
        content:
          profiles.length === 0
            ? emptyState({
                picture: 'key',
                title: 'No credential profile yet',
                text: 'Register an app with your mail provider, then enter its IDs and secret here.',
                action: { href: '/profiles/new', label: 'Add a credential profile' },
              })
            : html`<div class="card">${table(
                'Credential profiles',
                [
                  { label: 'Profile' },
                  { label: 'State' },
                  { label: 'Signed in as' },
                  { label: 'Secret expires' },
                  { label: 'Servers', kind: 'number' },
                ],
                profiles.map((profile) => [
                  titleCell(`/profiles/${profile.id}`, profile.name, howOf(profile)),
                  stateCell(profileStatus(profile), profile.problem),
                  profile.account?.username ?? html`<span class="faint">${nobody(profile)}</span>`,
                  secretEnd(profile) ?? html`<span class="faint">not noted</span>`,
                  users(profile.id),
                ]),
              )}</div>`,
      }),
    );
  });
}

function howOf({ authentication, grant }: CredentialProfile): string {
  return authentication === 'password' ? 'A password' : grantNames[grant];
}

/** The day on which what the app shows ends. */
function secretEnd({ clientSecretExpiresOn, clientAuthentication, clientCertificate }: CredentialProfile) {
  if (clientAuthentication === 'certificate') return clientCertificate?.expiresAt.slice(0, 10) ?? null;
  return clientAuthentication === 'secret' ? clientSecretExpiresOn : null;
}

function nobody({ authentication, grant }: CredentialProfile): string {
  if (authentication === 'password') return 'each mailbox';
  return grant === 'client_credentials' ? 'the app itself' : 'nobody';
}
