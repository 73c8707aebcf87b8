import { createBrowser } from '../../lab/browser.ts';
import type { Letterbox } from '../../src/app.ts';
import { until } from '../until.ts';
import type { Protocol } from './subjects.ts';
import type { MatrixWorld } from './world.ts';

/** A way to get into a mailbox; resolves to the id of a connected profile. */
type Connect = (
  world: MatrixWorld,
  letterbox: Letterbox,
  protocol: Protocol,
  account: string,
) => Promise<string>;

const endpoints = ({ authority }: MatrixWorld) => ({
  provider: 'microsoft',
  authorizationUrl: authority.authorizationUrl,
  tokenUrl: authority.tokenUrl,
});

const roles: Record<Protocol, string> = {
  imap: 'IMAP.AccessAsApp',
  pop3: 'POP.AccessAsApp',
  graph: 'Mail.ReadWrite',
  ews: 'full_access_as_app',
};

const authorizationCode: Connect = async (world, { administration }, protocol, account) => {
  const { profiles, consent } = administration;
  const app = world.authority.register({ redirectUris: [consent.redirectUri] });
  const profile = await profiles.create({ name: account, uses: [protocol], ...endpoints(world), ...app });
  const session = 'a session of the browser';
  const callback = await createBrowser().consent(await consent.begin(profile.id, session), account);
  await consent.complete(callback, session);
  return profile.id;
};

const clientCredentials: Connect = async (world, { administration: { profiles } }, protocol, account) => {
  const app = world.authority.register({ appOnly: true, upn: account, roles: [roles[protocol]] });
  const { authorizationUrl: _, ...tokenEndpoint } = endpoints(world);
  const profile = await profiles.create({
    name: account,
    grant: 'client_credentials',
    uses: [protocol],
    ...tokenEndpoint,
    ...app,
  });
  await profiles.authorize(profile.id);
  return profile.id;
};

const deviceCode: Connect = async (world, { administration }, protocol, account) => {
  const { profiles, deviceCode: device } = administration;
  world.authority.faults.deviceIntervalSeconds = 0.1;
  const { clientId } = world.authority.register({ publicClient: true });
  const { authorizationUrl: _, ...tokenEndpoint } = endpoints(world);
  const profile = await profiles.create({
    name: account,
    grant: 'device_code',
    clientAuthentication: 'none',
    uses: [protocol],
    clientId,
    ...tokenEndpoint,
  });
  const { verificationUri, userCode } = await device.begin(profile.id);
  await createBrowser().enterCode(verificationUri, userCode, account);
  await until(
    'the code was taken',
    async () => (await device.state(profile.id))?.outcome?.kind === 'connected',
  );
  return profile.id;
};

const password: Connect = async (_world, { administration: { profiles } }, protocol, account) => {
  const profile = await profiles.create({
    name: account,
    authentication: 'password',
    provider: 'custom',
    uses: [protocol],
    password: 'lab',
  });
  return profile.id;
};

export const grants = {
  'authorization code': authorizationCode,
  'client credentials': clientCredentials,
  'device code': deviceCode,
  password,
} satisfies Record<string, Connect>;

export type Grant = keyof typeof grants;

const oauth: Grant[] = ['authorization code', 'client credentials', 'device code'];

/** Which grants each protocol is used with; a password only where servers know no OAuth 2.0. */
export const supported: Record<Protocol, Grant[]> = {
  imap: [...oauth, 'password'],
  pop3: [...oauth, 'password'],
  graph: oauth,
  ews: oauth,
};
