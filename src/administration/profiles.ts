import type { CredentialProfile } from '../model/credential-profile.ts';
import { newId } from '../model/id.ts';
import { invalidInput, Problem } from '../model/problem.ts';
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
/** A change to one of these makes the present grant worth nothing. */
const bindingFields = [
  'provider',
  'grant',
  'cloud',
  'uses',
  'tenant',
  'issuer',
  'authorizationUrl',
  'tokenUrl',
  'clientId',
  'scopes',
] as const;
const noGrant = { state: 'consent-needed', account: null, problem: null, connectedAt: null } as const;

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

  async function assertValid(profile: CredentialProfile, clientSecret: string | undefined): Promise<void> {
    const found = contradictions(profile, clientSecret);
    const others = (await store.profiles.list()).filter((other) => other.id !== profile.id);
    if (others.some((other) => other.name === profile.name))
      found.push({ field: 'name', expected: 'a name that no other profile has', given: profile.name });
    // Left out in an update it stays; a new profile has none to keep.
    if (clientSecret === undefined && !(await store.secrets.read(profile.id, clientSecretName)))
      found.push({ field: 'clientSecret', expected: 'the client secret’s value' });
    if (found.length > 0) throw invalidInput(found);
  }

  function sealSecret(id: string, clientSecret: string | undefined): SealedValues {
    if (clientSecret === undefined) return {};
    return { [clientSecretName]: vault.seal(id, clientSecretName, clientSecret) };
  }

  return {
    list: () => store.profiles.list(),
    get: find,

    async create(input) {
      const { clientSecret, ...fields } = validate(profileFields, input, { secret });
      const now = new Date().toISOString();
      const profile = {
        ...fields,
        ...noGrant,
        clientCertificate: null,
        id: newId('prf'),
        createdAt: now,
        updatedAt: now,
      };
      await assertValid(profile, clientSecret || undefined);
      await store.profiles.save(profile, sealSecret(profile.id, clientSecret));
      return profile;
    },

    async update(id, input) {
      const { clientSecret, ...changes } = validate(profileChanges, input, { secret });
      const [before, after] = await tokens.change(id, async () => {
        const present = await find(id);
        const changed = { ...present, ...changes, updatedAt: new Date().toISOString() };
        const unbound = isUnbound(present, changed);
        const profile = { ...changed, ...grantAfter(present, changed, unbound) };
        await assertValid(profile, clientSecret || undefined);
        await store.profiles.save(profile, {
          ...sealSecret(id, clientSecret || undefined),
          ...(unbound && { [tokensName]: null }),
        });
        return [present, profile] as const;
      });
      if (after.state !== before.state)
        events.emit('profile.state', {
          profileId: id,
          profile: after.name,
          state: after.state,
          problem: after.problem,
        });
      return after;
    },

    async remove(id) {
      const profile = await find(id);
      const servers = [...(await store.servers.list()), ...(await store.outgoingServers.list())];
      const users = servers.filter((server) => server.profileId === id);
      if (users.length > 0)
        throw new Problem({
          code: 'profile.in-use',
          title: 'The credential profile is in use',
          detail: `${profile.name} is used by ${users.map((server) => server.name).join(', ')}`,
          remedy: 'Give those servers another profile, or remove them first.',
        });
      await tokens.change(id, () => store.profiles.delete(id));
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
      await tokens.change(id, () => store.profiles.setGrant(id, {}, { [tokensName]: null }));
      for (const use of profile.uses) await tokens.for(id, use).accessToken();
      return find(id);
    },
  };
}

/** Whether the grant is of another app, authority, scope or person than the profile now names. */
function isUnbound(before: CredentialProfile, after: CredentialProfile): boolean {
  const differs = bindingFields.some(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const renamed = after.signInName !== before.signInName && after.signInName !== null;
  return differs || (renamed && after.signInName?.toLowerCase() !== before.account?.username.toLowerCase());
}

/**
 * What becomes of the grant. A person must consent again where it is unbound; an app by itself, and a profile that
 * fails, are tried again at once: what is wrong is told anew if it still is.
 */
function grantAfter(
  before: CredentialProfile,
  after: CredentialProfile,
  unbound: boolean,
): Partial<CredentialProfile> {
  if (unbound && (after.grant === 'authorization_code' || before.grant !== after.grant)) return noGrant;
  return before.state === 'failing' ? { state: 'connected', problem: null } : {};
}
