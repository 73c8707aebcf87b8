import type { KeyPair } from '../../../oauth/sealed.ts';
import type { ChangeKind, Work } from '../change.ts';
import type { Present } from '../present.ts';
import { endpointsOf } from '../registration.ts';
import { type AzureSetup, sealedKeyPair, sealedSecret } from '../setup.ts';

/** The credential profile here, with everything filled in; its id was chosen beforehand. */
export const profile: ChangeKind = {
  name: 'profile',
  here: true,

  plan({ setup }, _present, { profile: present }) {
    const change = { kind: 'profile', of: '', what: {} };
    if (!present)
      return [
        { ...change, title: `Credential profile “${setup.name}”`, detail: 'In Letterbox, ready to use' },
      ];
    if (setup.clientAuthentication !== 'secret' || setup.secret?.keyId === setup.givenKeyId) return [];
    return [
      { ...change, title: 'The new client secret', detail: `For the credential profile “${present.name}”` },
    ];
  },

  async make(_change, work, { application }) {
    const { setup, letterbox } = work;
    const { profiles } = letterbox;
    const credential = await credentialOf(work);
    if (await profiles.find(setup.profileId)) await profiles.update(setup.profileId, credential);
    else await profiles.create({ ...inputOf(setup, application), ...credential }, setup.profileId);
    await letterbox.note({ givenKeyId: setup.secret?.keyId ?? null });
  },

  async undo(_made, { setup, letterbox: { profiles } }) {
    if (!(await profiles.find(setup.profileId))) return false;
    await profiles.remove(setup.profileId);
    return true;
  },
};

/** What the app shows, as it was made and sealed by the set-up. */
async function credentialOf({ setup, letterbox }: Work): Promise<Record<string, unknown>> {
  if (setup.clientAuthentication === 'secret') {
    const clientSecret = await letterbox.secret(sealedSecret);
    return { clientSecret, clientSecretExpiresOn: setup.secret?.expiresOn ?? null };
  }
  const { certificate, key }: KeyPair = JSON.parse((await letterbox.secret(sealedKeyPair)) ?? '{}');
  return { clientKeyPair: `${certificate}\n${key}` };
}

function inputOf(setup: AzureSetup, application: Present['application']): Record<string, unknown> {
  const { name, uses, grant, cloud, clientAuthentication, organisation } = setup;
  const tenant = organisation?.id ?? '';
  const endpoint = (which: string) => `${endpointsOf(setup).login}/${tenant}/oauth2/v2.0/${which}`;
  const byPerson = grant === 'authorization_code';
  return {
    name,
    uses,
    grant,
    clientAuthentication,
    provider: 'microsoft',
    clientId: application?.appId ?? setup.appId ?? '',
    ...(setup.loginUrl === null
      ? { tenant, cloud }
      : { tokenUrl: endpoint('token'), ...(byPerson && { authorizationUrl: endpoint('authorize') }) }),
  };
}
