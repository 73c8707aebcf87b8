import { z } from 'zod';
import type { Choice } from '../field.ts';
import {
  type Change,
  type Json,
  kindOf,
  type Resource,
  type ResourceRecord,
  type Sealing,
} from '../resource.ts';
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
      state: { schema: z.enum(['consent-needed', 'connected', 'failing']), initial: 'consent-needed' },
      account: { schema: anyJson, initial: null },
      problem: { schema: anyJson, initial: null },
      connectedAt: { schema: z.string().nullable(), initial: null },
    },
    ...hooks,
    async usersOf(id, others) {
      const servers = [
        ...(await others.list<Uses>('server')),
        ...(await others.list<Uses>('outgoing-server')),
      ];
      return servers.filter(({ profileId }) => profileId === id).map(({ name }) => name);
    },
    removal: {
      what: 'the credential profile',
      consequence:
        'The app’s secret and the grant are deleted here for good. The app registration at your provider stays as it is.',
    },
  };
}

interface Uses extends ResourceRecord {
  profileId: string | null;
}

/** Where a profile's provider has what tokens are used for. */
export function hostOf(profiles: Resource, profile: CredentialProfile, use: string): string | null {
  const provider = kindOf(profiles, profile as unknown as Json) as Provider | undefined;
  return provider?.hostFor(profile, use) ?? null;
}
