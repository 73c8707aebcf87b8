import { Problem } from '../model/problem.ts';
import { renewedCertificate } from '../oauth/profile-sealing.ts';
import { tokensName } from '../oauth/sealed.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Administration } from './administration.ts';
import { managed } from './managed.ts';

export function createProfilesAdministration({
  profiles,
  events,
  tokens,
}: {
  profiles: Collection<CredentialProfile>;
  events: EventBus;
  tokens: TokenSources;
}): Administration['profiles'] {
  function tell(before: CredentialProfile | null, after: CredentialProfile | null): void {
    if (!before || !after || after.state === before.state) return;
    const { id: profileId, name: profile, state, problem } = after;
    events.emit('profile.state', { profileId, profile, state, problem });
  }
  profiles.onChange(tell);

  return managed(profiles, {
    async renewCertificate(id: string) {
      const before = await profiles.get(id);
      if (before.clientAuthentication !== 'certificate') throw noCertificate(before);
      await tokens.change(id, () =>
        profiles.note(id, async (profile, others) => renewedCertificate(profile, others)),
      );
      const after = await profiles.get(id);
      tell(before, after);
      return after;
    },

    async authorize(id: string) {
      const profile = await profiles.get(id);
      if (profile.authentication === 'password') return profile;
      if (profile.grant !== 'client_credentials')
        throw new Problem({
          code: 'profile.consent-needed',
          kind: 'consent',
          title: 'A person must consent for this profile',
          detail: profile.name,
          remedy: 'Open the profile in the console and press Connect.',
        });
      await tokens.change(id, () => profiles.note(id, () => ({ secrets: { [tokensName]: null } })));
      for (const use of profile.uses) await tokens.for(id, use).accessToken();
      return profiles.get(id);
    },
  });
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
