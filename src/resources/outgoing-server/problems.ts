import type { FieldProblem } from '../../model/problem.ts';
import type { CredentialProfile } from '../credential-profile/record.ts';
import type { OutgoingKind } from './kind.ts';
import type { OutgoingServer } from './record.ts';

export function problemsOf(
  server: OutgoingServer,
  kind: OutgoingKind,
  profile: CredentialProfile | null,
): FieldProblem[] {
  const { security, host: at } = server;
  const found: FieldProblem[] = [];
  if (at === null && (server.profileId === null || profile))
    found.push({ field: 'host', expected: 'the host name of the mail server' });
  if (profile && !profile.uses.includes(kind.use.name))
    found.push({
      field: 'profileId',
      expected: `a credential profile for ${kind.use.name}`,
      given: `${profile.name}, which is for ${profile.uses.join(', ')}`,
    });
  if (kind.signsIn && server.profileId === null)
    found.push({ field: 'profileId', expected: `a credential profile for ${kind.use.name}` });
  if (!(security in kind.ports))
    found.push({
      field: 'security',
      expected: `${Object.keys(kind.ports).join(' or ')}, as ${kind.label} has it`,
      given: security,
    });
  else if (security === 'none' && profile && !/^(localhost|127\.[\d.]+|::1)$/.test(at ?? ''))
    found.push({
      field: 'security',
      expected: 'tls or starttls, so that nobody on the way sees what it signs in with',
      given: security,
    });
  return found;
}
