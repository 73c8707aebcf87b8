import type { CredentialProfile } from '../model/credential-profile.ts';
import type { AfterIntake, MailServer, Protocol } from '../model/mail-server.ts';
import type { FieldProblem } from '../model/problem.ts';

type Fields = Pick<
  MailServer,
  'address' | 'username' | 'protocol' | 'security' | 'folders' | 'afterIntake' | 'shared'
>;

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
  return [...found, ...foreignAccount(server, profile)];
}

/**
 * The account that consented against the mailbox (P8): another one is refused unless the mailbox is shared, or the
 * administrator has named that account as the one to sign in with (P9).
 */
function foreignAccount({ address, username, shared }: Fields, profile: CredentialProfile): FieldProblem[] {
  const { account, signInName } = profile;
  if (shared || !account?.username.includes('@')) return [];
  const same = (name: string | null) => name?.toLowerCase() === account.username.toLowerCase();
  if ([address, username, signInName].some(same)) return [];
  return [
    {
      field: 'address',
      expected: `the mailbox of ${account.username}, who consented; or say that the mailbox is shared`,
      given: address,
    },
  ];
}
