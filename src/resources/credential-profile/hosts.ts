import { timingSafeEqual } from 'node:crypto';
import type { FieldProblem } from '../../model/problem.ts';
import { secret } from '../fields/secret.ts';
import { type Change, type Json, kindOf, type Others, type ResourceRecord } from '../resource.ts';
import type { Provider } from './provider.ts';
import type { CredentialProfile } from './record.ts';

/**
 * Where what a profile signs in with may be shown: a password at the mail hosts that it was entered for, Microsoft's and
 * Google's tokens at their own hosts. Else whoever may change a server would have it sent to where it can be read.
 */

/** A server, as far as it says where the profile's password or token goes. */
type Going = Pick<ServerRecord, 'host' | 'profileId'>;
type ServerRecord = ResourceRecord & { host: string; profileId: string | null };

/** Of servers: asked for where the profile's password would be shown at another host than it was entered for. */
export const passwordAgain = {
  ...secret({
    label: 'Password again',
    help: 'Only where the profile has a password, and it is to be shown to another mail server than before.',
    group: 'Connection',
    folded: true,
    placeholder: 'PASSWORD',
    sealedAs: '',
  }),
  sealedAs: undefined,
};

/** What is wrong with the host of a server for what its profile signs in with. */
export async function hostProblems(
  server: ServerRecord,
  profile: CredentialProfile,
  { before, secrets, others }: Pick<Change, 'before' | 'secrets' | 'others'>,
): Promise<FieldProblem[]> {
  if (isSame(server, before as Going | null)) return [];
  if (profile.authentication !== 'password') return tokenProblems(server, profile, others);
  const hosts = await hostsOf(profile, others);
  if (hosts.length === 0 || hosts.includes(server.host.toLowerCase())) return [];
  const given = secrets.password?.given;
  const password = given === undefined ? null : await others.secret(profile.id, 'password');
  if (given !== undefined && password !== null && isEqual(given, password)) return [];
  const expected =
    given === undefined
      ? `the password of ${profile.name} again, as it was entered for ${hosts.join(', ')} and is shown nowhere else`
      : `the password of ${profile.name}`;
  return [{ field: 'password', expected }];
}

function tokenProblems(server: ServerRecord, profile: CredentialProfile, others: Others): FieldProblem[] {
  const provider = kindOf(others.resource('profile'), profile as unknown as Json) as Provider | undefined;
  if (!provider?.takesTokensTo || provider.takesTokensTo(profile, server.host.toLowerCase())) return [];
  const expected = `a mail host of ${provider.label}, as its tokens are for no other; or that of the scopes of ${profile.name}`;
  return [{ field: 'host', expected, given: server.host }];
}

/** Remembers that the password of a server's profile goes to its host. */
export async function bindHost(server: ServerRecord, others: Others): Promise<void> {
  if (server.profileId === null) return;
  const profile = await others.find<CredentialProfile>('profile', server.profileId);
  const host = server.host.toLowerCase();
  if (profile?.authentication !== 'password' || profile.hosts.includes(host)) return;
  await others.note('profile', profile.id, { hosts: [...profile.hosts, host] });
}

/** Those that are remembered, and those of servers from before anything was. */
async function hostsOf({ id, hosts }: CredentialProfile, others: Others): Promise<string[]> {
  const servers = [
    ...(await others.list<ServerRecord>('server')),
    ...(await others.list<ServerRecord>('outgoing-server')),
  ];
  const used = servers.filter(({ profileId }) => profileId === id).map(({ host }) => host.toLowerCase());
  return [...new Set([...hosts, ...used])];
}

function isSame(server: Going, before: Going | null): boolean {
  return before?.host === server.host && before.profileId === server.profileId;
}

function isEqual(given: string, password: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(password)];
  return one.length === other.length && timingSafeEqual(one, other);
}
