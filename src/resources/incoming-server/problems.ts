import type { FieldProblem } from '../../model/problem.ts';
import { isMailboxOf } from '../account-match.ts';
import type { CredentialProfile } from '../credential-profile/record.ts';
import type { Protocol } from './protocol.ts';
import type { MailServer } from './record.ts';

export function profileProblems(server: MailServer, profile: CredentialProfile): FieldProblem[] {
  const found: FieldProblem[] = [];
  if (!profile.uses.includes(server.protocol))
    found.push({
      field: 'profileId',
      expected: `a credential profile for ${server.protocol}`,
      given: `${profile.name}, which is for ${profile.uses.join(', ')}`,
    });
  const withoutPasswords =
    profile.authentication === 'password' && providerWithoutPasswords(server.host ?? '');
  if (withoutPasswords)
    found.push({
      field: 'profileId',
      expected: `a credential profile with OAuth 2.0; ${withoutPasswords} takes no passwords at ${server.host}`,
      given: profile.name,
    });
  // Another account than the mailbox's is refused here as it is when it consents.
  if (profile.account && !isMailboxOf(profile.account, profile.signInName, server))
    found.push({
      field: 'address',
      expected: `the mailbox of ${profile.account.username}, who consented; or say that the mailbox is shared`,
      given: server.address,
    });
  return found;
}

export function protocolProblems(
  server: MailServer,
  { label, name, ports, folders, actions }: Protocol,
): FieldProblem[] {
  const { security, afterIntake } = server;
  const found: FieldProblem[] = [];
  if (security === 'starttls' && ports.starttls === undefined)
    found.push({ field: 'security', expected: 'tls, as HTTPS has it', given: security });
  if (!folders && server.folders.join() !== 'INBOX')
    found.push({
      field: 'folders',
      expected: `INBOX, all that ${label} shows`,
      given: server.folders.join(', '),
    });
  if (!actions.includes(afterIntake.action))
    found.push({
      field: 'afterIntake.action',
      expected: `one of ${actions.join(', ')} with ${name}`,
      given: afterIntake.action,
    });
  if (afterIntake.action === 'move' && server.folders.includes(afterIntake.folder))
    found.push({
      field: 'afterIntake.folder',
      expected: 'a folder that is not read itself: messages would come in again from there',
      given: afterIntake.folder,
    });
  return found;
}

/** Providers that take no passwords for mail any more, by their mail hosts. */
const withoutPasswords = [
  {
    name: 'Microsoft',
    hosts: /(^|\.)(office365\.com|office365\.us|outlook\.com|apps\.mil|outlook\.cn)$/i,
  },
  { name: 'Google', hosts: /(^|\.)(gmail\.com|googlemail\.com|google\.com)$/i },
];

function providerWithoutPasswords(host: string): string | null {
  return withoutPasswords.find(({ hosts }) => hosts.test(host))?.name ?? null;
}
