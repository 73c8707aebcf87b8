import type { CredentialProfile } from '../../../resources/credential-profile.ts';
import type { Command } from '../../command.ts';
import { table } from '../../output.ts';

export const profileList: Command = {
  name: 'profile list',
  summary: 'Lists the credential profiles',
  options: {},
  async run({ api, out }) {
    const profiles = await (await api()).request<CredentialProfile[]>('GET', '/api/profiles');
    out.show(profiles, () =>
      table(
        ['NAME', 'STATE', 'PROVIDER', 'GRANT', 'ACCOUNT', 'PROBLEM', 'ID'],
        profiles.map((profile) => [
          profile.name,
          profile.state,
          profile.provider,
          profile.grant,
          profile.account?.username ?? null,
          profile.problem?.title ?? null,
          profile.id,
        ]),
        'There are no credential profiles yet. See letterbox profile add --help.',
      ),
    );
    return 0;
  },
};
