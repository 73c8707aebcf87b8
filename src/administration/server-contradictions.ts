import type { CredentialProfile } from '../model/credential-profile.ts';
import type { AfterIntake, MailServer, Protocol } from '../model/mail-server.ts';
import type { FieldProblem } from '../model/problem.ts';
import { isMailboxOf } from './account-match.ts';
import { providerWithoutPasswords } from './password-hosts.ts';

type Fields = Pick<
  MailServer,
  'address' | 'username' | 'protocol' | 'security' | 'folders' | 'afterIntake' | 'shared'
> & { host: string | null };

/** What a protocol can do on the server once a message is safe here. */
const actions: Record<Protocol, AfterIntake['action'][]> = {
  imap: ['leave', 'mark-read', 'move', 'delete'],
  pop3: ['leave', 'delete'],
  graph: ['leave', 'mark-read', 'move', 'delete'],
  ews: ['leave', 'mark-read', 'move', 'delete'],
};

/** What is wrong when the fields are held against each other and against the profile; empty when nothing is. */
export function serverContradictions(server: Fields, profile: CredentialProfile): FieldProblem[] {
  const { protocol, security, folders, afterIntake } = server;
  const found: FieldProblem[] = [];
  if (!profile.uses.includes(protocol))
    found.push({
      field: 'profileId',
      expected: `a credential profile for ${protocol}`,
      given: `${profile.name}, which is for ${profile.uses.join(', ')}`,
    });
  if (security === 'starttls' && (protocol === 'graph' || protocol === 'ews'))
    found.push({ field: 'security', expected: 'tls, as HTTPS has it', given: security });
  if (protocol === 'pop3' && folders.join() !== 'INBOX')
    found.push({ field: 'folders', expected: 'INBOX, all that POP3 shows', given: folders.join(', ') });
  if (!actions[protocol].includes(afterIntake.action))
    found.push({
      field: 'afterIntake.action',
      expected: `one of ${actions[protocol].join(', ')} with ${protocol}`,
      given: afterIntake.action,
    });
  if (afterIntake.action === 'move' && folders.includes(afterIntake.folder))
    found.push({
      field: 'afterIntake.folder',
      expected: 'a folder that is not read itself: messages would come in again from there',
      given: afterIntake.folder,
    });
  return [...found, ...passwordRefused(server, profile), ...foreignAccount(server, profile)];
}

function passwordRefused({ host }: Fields, profile: CredentialProfile): FieldProblem[] {
  if (profile.authentication !== 'password' || host === null) return [];
  const provider = providerWithoutPasswords(host);
  if (provider === null) return [];
  return [
    {
      field: 'profileId',
      expected: `a credential profile with OAuth 2.0; ${provider} takes no passwords at ${host}`,
      given: profile.name,
    },
  ];
}

/** Another account than the mailbox's is refused here as it is when it consents. */
function foreignAccount(server: Fields, { account, signInName }: CredentialProfile): FieldProblem[] {
  if (!account || isMailboxOf(account, signInName, server)) return [];
  return [
    {
      field: 'address',
      expected: `the mailbox of ${account.username}, who consented; or say that the mailbox is shared`,
      given: server.address,
    },
  ];
}
