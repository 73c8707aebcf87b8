import type { CredentialProfile } from '../model/credential-profile.ts';
import { newId } from '../model/id.ts';
import { type FieldProblem, invalidInput, Problem } from '../model/problem.ts';
import { clientSecretName, tokensName } from '../oauth/token-set.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { SealedValues, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import { changesOf } from './changes.ts';
import { contradictions, profileFields } from './profile-input.ts';
import { validate } from './validation.ts';

const secret = ['clientSecret'];
const profileChanges = changesOf(profileFields);
/** A change to one of these makes the present consent worth nothing. */
const bindingFields = [
  'provider',
  'grant',
  'tenant',
  'issuer',
  'authorizationUrl',
  'tokenUrl',
  'clientId',
  'signInName',
  'scopes',
] as const;

export function createProfilesAdministration({
  store,
  vault,
  events,
  tokens,
}: {
  store: Store;
  vault: Vault;
  events: EventBus;
  tokens: TokenSources;
}): Administration['profiles'] {
  async function find(id: string): Promise<CredentialProfile> {
    const profile = await store.profiles.get(id);
    if (profile) return profile;
    throw new Problem({
      code: 'not-found',
      title: 'There is no such credential profile',
      detail: id,
      remedy: 'List the profiles to see what is there.',
    });
  }

  async function save(
    profile: CredentialProfile,
    clientSecret: string | undefined,
    sealed: SealedValues = {},
  ): Promise<void> {
    const problems: FieldProblem[] = contradictions(profile, clientSecret);
    const namesake = (await store.profiles.list()).find(
      (other) => other.name === profile.name && other.id !== profile.id,
    );
    if (namesake)
      problems.push({ field: 'name', expected: 'a name that no other profile has', given: profile.name });
    if (problems.length > 0) throw invalidInput(problems);
    await store.profiles.save(profile, {
      ...sealed,
      ...(clientSecret !== undefined && {
        [clientSecretName]: vault.seal(profile.id, clientSecretName, clientSecret),
      }),
    });
    tokens.forget(profile.id);
  }

  return {
    list: () => store.profiles.list(),
    get: find,

    async create(input) {
      const { clientSecret, ...fields } = validate(profileFields, input, { secret });
      if (!clientSecret)
        throw invalidInput([
          ...contradictions(fields, undefined),
          { field: 'clientSecret', expected: 'the client secret’s value' },
        ]);
      const now = new Date().toISOString();
      const profile: CredentialProfile = {
        ...fields,
        id: newId('prf'),
        state: 'consent-needed',
        account: null,
        problem: null,
        connectedAt: null,
        createdAt: now,
        updatedAt: now,
      };
      await save(profile, clientSecret);
      return profile;
    },

    async update(id, input) {
      const { clientSecret, ...changes } = validate(profileChanges, input, { secret });
      const before = await find(id);
      const profile: CredentialProfile = { ...before, ...changes, updatedAt: new Date().toISOString() };
      const unbound = bindingFields.some(
        (field) => JSON.stringify(profile[field]) !== JSON.stringify(before[field]),
      );
      if (unbound)
        Object.assign(profile, { state: 'consent-needed', account: null, problem: null, connectedAt: null });
      // With a new secret it is worth trying again at once; what was wrong is told anew if it still is.
      else if (clientSecret && before.state === 'failing')
        Object.assign(profile, { state: 'connected', problem: null });
      await save(profile, clientSecret || undefined, unbound ? { [tokensName]: null } : {});
      events.emit('profile.state', {
        profileId: id,
        profile: profile.name,
        state: profile.state,
        problem: profile.problem,
      });
      return profile;
    },

    async remove(id) {
      const profile = await find(id);
      const users = (await store.servers.list()).filter((server) => server.profileId === id);
      if (users.length > 0)
        throw new Problem({
          code: 'profile.in-use',
          title: 'The credential profile is in use',
          detail: `${profile.name} is used by ${users.map((server) => server.name).join(', ')}`,
          remedy: 'Give those servers another profile, or remove them first.',
        });
      await store.profiles.delete(id);
      tokens.forget(id);
    },

    async authorize(id) {
      const profile = await find(id);
      if (profile.grant !== 'client_credentials')
        throw new Problem({
          code: 'profile.consent-needed',
          title: 'A person must consent for this profile',
          detail: profile.name,
          remedy: 'Open the profile in the console and press Connect.',
        });
      tokens.forget(id);
      await store.profiles.setGrant(id, {}, { [tokensName]: null });
      await tokens.for(id).accessToken();
      return find(id);
    },
  };
}
