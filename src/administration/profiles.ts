import type { CredentialProfile } from '../model/credential-profile.ts';
import { newId } from '../model/id.ts';
import { invalidInput, Problem } from '../model/problem.ts';
import { makeSelfSigned } from '../oauth/client-auth/self-signed.ts';
import { tokensName } from '../oauth/sealed.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import { changesOf } from './changes.ts';
import { findProfile } from './find.ts';
import { firstGrant, grantAfter, isUnbound } from './profile-binding.ts';
import { contradictions } from './profile-contradictions.ts';
import { profileFields, secretFields } from './profile-input.ts';
import { createProfileVault, type GivenSecrets, withCertificate } from './profile-secrets.ts';
import { validate } from './validation.ts';

const secret = [...secretFields];
const profileChanges = changesOf(profileFields);

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
  const secrets = createProfileVault({ store, vault });

  const find = (id: string) => findProfile(store, id);

  async function assertValid(profile: CredentialProfile, given: GivenSecrets): Promise<void> {
    const found = contradictions(profile, await secrets.compare(profile.id, given));
    const others = (await store.profiles.list()).filter((other) => other.id !== profile.id);
    if (others.some((other) => other.name === profile.name))
      found.push({ field: 'name', expected: 'a name that no other profile has', given: profile.name });
    if (found.length > 0) throw invalidInput(found);
  }

  /** Does what changes a profile while nothing else does, and tells of its new state. */
  async function change(
    id: string,
    work: (before: CredentialProfile) => Promise<CredentialProfile>,
  ): Promise<CredentialProfile> {
    const [before, after] = await tokens.change(id, async () => {
      const present = await find(id);
      return [present, await work(present)] as const;
    });
    if (after.state !== before.state)
      events.emit('profile.state', {
        profileId: id,
        profile: after.name,
        state: after.state,
        problem: after.problem,
      });
    return after;
  }

  return {
    list: () => store.profiles.list(),
    get: find,

    async create(input) {
      const { clientSecret, clientKeyPair, password, ...fields } = validate(profileFields, input, {
        secret,
      });
      const now = new Date().toISOString();
      const profile: CredentialProfile = {
        ...fields,
        ...firstGrant(fields),
        clientCertificate: null,
        id: newId('prf'),
        createdAt: now,
        updatedAt: now,
      };
      await assertValid(profile, { clientSecret, clientKeyPair, password });
      const pair = await secrets.pairFor(profile, clientKeyPair);
      const complete = withCertificate(profile, pair);
      await store.profiles.save(
        complete,
        await secrets.replace(null, complete, { clientSecret, pair, password }),
      );
      return complete;
    },

    async update(id, input) {
      const { clientSecret, clientKeyPair, password, ...changes } = validate(profileChanges, input, {
        secret,
      });
      return change(id, async (before) => {
        const changed = { ...before, ...changes, updatedAt: new Date().toISOString() };
        await assertValid(changed, { clientSecret, clientKeyPair, password });
        const pair = await secrets.pairFor(changed, clientKeyPair);
        const unbound = isUnbound(before, changed);
        const renewed = Boolean(clientSecret) || pair !== null;
        const after = withCertificate(
          { ...changed, ...grantAfter(before, changed, { unbound, renewed }) },
          pair,
        );
        await store.profiles.save(after, {
          ...(await secrets.replace(before, after, { clientSecret, pair, password })),
          ...(unbound && { [tokensName]: null }),
        });
        return after;
      });
    },

    renewCertificate: (id) =>
      change(id, async (before) => {
        if (before.clientAuthentication !== 'certificate') throw noCertificate(before);
        const pair = await makeSelfSigned(`Letterbox ${before.name}`);
        const grant = grantAfter(before, before, { unbound: false, renewed: true });
        const updatedAt = new Date().toISOString();
        const after = withCertificate({ ...before, ...grant, updatedAt }, pair);
        await store.profiles.save(after, await secrets.replace(before, after, { pair }));
        return after;
      }),

    async remove(id) {
      const profile = await find(id);
      const servers = [...(await store.servers.list()), ...(await store.outgoingServers.list())];
      const users = servers.filter((server) => server.profileId === id);
      if (users.length > 0)
        throw new Problem({
          code: 'profile.in-use',
          kind: 'conflict',
          title: 'The credential profile is in use',
          detail: `${profile.name} is used by ${users.map((server) => server.name).join(', ')}`,
          remedy: 'Give those servers another profile, or remove them first.',
        });
      await tokens.change(id, () => store.profiles.delete(id));
    },

    async authorize(id) {
      const profile = await find(id);
      if (profile.authentication === 'password') return profile;
      if (profile.grant !== 'client_credentials')
        throw new Problem({
          code: 'profile.consent-needed',
          kind: 'consent',
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

function noCertificate({ name, clientAuthentication }: CredentialProfile): Problem {
  return new Problem({
    code: 'profile.no-certificate',
    kind: 'conflict',
    title: 'This profile shows no certificate',
    detail: `${name} uses ${clientAuthentication}`,
    remedy: 'Choose a certificate as client authentication first.',
  });
}
