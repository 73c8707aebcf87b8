import type { KeyPair } from '../../../oauth/sealed.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import type { ChangeKind, Work } from '../change.ts';
import type { Present } from '../present.ts';
import { endpointsOf } from '../registration.ts';
import { type AzureSetup, sealedKeyPair, sealedSecret } from '../setup.ts';

/** The credential profile here, with everything filled in; its id was chosen beforehand. */
export const profile: ChangeKind = {
  name: 'profile',
  here: true,

  plan({ setup }, { application }, { profile: present }) {
    const change = { kind: 'profile', of: '', what: {} };
    if (!present)
      return [
        { ...change, title: `Credential profile “${setup.name}”`, detail: 'In Letterbox, ready to use' },
      ];
    if (isOfAnother(present, appOf(setup, application)))
      return [
        {
          ...change,
          title: 'The app that was entered',
          detail: `For the credential profile “${present.name}”`,
        },
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
    const app = appOf(setup, application);
    const present = await profiles.find(setup.profileId);
    if (present)
      await profiles.update(setup.profileId, { ...(isOfAnother(present, app) && app), ...credential });
    else await profiles.create({ ...inputOf(setup), ...app, ...credential }, setup.profileId);
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

function inputOf({ name, uses, grant, clientAuthentication }: AzureSetup): Record<string, unknown> {
  return { provider: 'microsoft', name, uses, grant, clientAuthentication };
}

/** Which app it is, and where. */
function appOf(setup: AzureSetup, application: Present['application']) {
  const { cloud, organisation, loginUrl, grant } = setup;
  const tenant = organisation?.id ?? '';
  const clientId = application?.appId ?? setup.appId ?? '';
  if (loginUrl === null) return { clientId, tenant, cloud };
  const endpoint = (which: string) => `${endpointsOf(setup).login}/${tenant}/oauth2/v2.0/${which}`;
  const byPerson = grant === 'authorization_code';
  return {
    clientId,
    tokenUrl: endpoint('token'),
    ...(byPerson && { authorizationUrl: endpoint('authorize') }),
  };
}

/** What a script printed may have been entered wrong the first time. */
function isOfAnother(profile: CredentialProfile, app: ReturnType<typeof appOf>): boolean {
  return Object.entries(app).some(([field, value]) => profile[field as keyof CredentialProfile] !== value);
}
