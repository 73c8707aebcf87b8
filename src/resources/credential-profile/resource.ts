import { z } from 'zod';
import { profileStates } from '../../model/credential-profile.ts';
import type { Choice } from '../field.ts';
import { type Change, type Json, kindOf, type Others, type Resource, type Sealing } from '../resource.ts';
import { profileFields, usesField } from './fields.ts';
import type { Provider } from './provider.ts';
import type { CredentialProfile } from './record.ts';

const anyJson = z.record(z.string(), z.unknown()).nullable();

/** The resource, of the providers that there are; `hooks`: what a change of it does to its grant and its secrets. */
export function credentialProfiles(
  providers: readonly Provider[],
  uses: readonly Choice[],
  hooks: {
    check: NonNullable<Resource['check']>;
    seal: (record: CredentialProfile & Json, change: Change) => Promise<Sealing>;
  },
): Resource {
  return {
    type: 'profile',
    path: 'profiles',
    command: 'profile',
    idPrefix: 'prf',
    title: 'credential profile',
    noun: 'profile',
    version: 1,
    kind: {
      field: 'provider',
      label: 'Authentication provider',
      placeholder: 'PROVIDER',
      fallback: 'microsoft',
      kinds: providers,
      column: 'PROVIDER',
    },
    fields: { ...profileFields, uses: usesField(uses) },
    state: {
      clientCertificate: { schema: anyJson, initial: null },
      state: { schema: z.enum(profileStates), initial: 'consent-needed' },
      account: { schema: anyJson, initial: null },
      problem: { schema: anyJson, initial: null },
      connectedAt: { schema: z.string().nullable(), initial: null },
      adminConsent: { schema: anyJson, initial: null },
      hosts: { schema: z.array(z.string()), initial: [] },
    },
    ...hooks,
    removal: {
      what: 'the credential profile',
      consequence:
        'The app’s secret and the grant are deleted here for good. The app registration at your provider stays as it is.',
    },
  };
}

/** Where the provider of a profile has what its tokens are used for; null where nothing says so. */
async function providersHost(
  { profileId, use }: { profileId: string | null; use: string },
  others: Others,
): Promise<string | null> {
  const profile = profileId === null ? null : await others.find<CredentialProfile>('profile', profileId);
  if (!profile) return null;
  const provider = kindOf(others.resource('profile'), profile as unknown as Json) as Provider | undefined;
  return provider?.hostFor(profile, use) ?? null;
}

/**
 * The host of a server that uses a profile: what was given; what it was, where that was chosen; else the provider's. It
 * follows the profile and the use for as long as it is what they say.
 */
export async function hostOf(
  server: { host: string | null; profileId: string | null; use: string },
  former: { host: string | null; profileId: string | null; use: string } | null,
  { given, others }: Pick<Change, 'given' | 'others'>,
): Promise<string | null> {
  if (typeof given.host === 'string') return given.host;
  const isSwitched = former && (former.profileId !== server.profileId || former.use !== server.use);
  const wasProviders = isSwitched && server.host === (await providersHost(former, others));
  const chosen = given.host === null || wasProviders ? null : server.host;
  return chosen ?? (await providersHost(server, others)) ?? (given.host === null ? null : server.host);
}
