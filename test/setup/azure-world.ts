import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBrowser } from '../../lab/browser.ts';
import { commandLineTools, type LabDirectory, startDirectory } from '../../lab/directory/index.ts';
import { builtIn, resourcesOf, usesOf } from '../../src/adapters.ts';
import type { Administration, AzureProgress } from '../../src/administration/administration.ts';
import { AzureSetups } from '../../src/administration/azure-setup.ts';
import { configSchema } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import { createCollection } from '../../src/resources/collection.ts';
import { type AzureSetup, azureSetups } from '../../src/setup/azure/setup.ts';
import { endings } from '../endings.ts';
import { publicUrl, startWorld, type World } from '../oauth/world.ts';

export const administrator = 'admin@contoso.example';
export const mailbox = 'support@contoso.example';

type Setups = Administration['azureSetups'];

export interface AzureWorld extends Omit<World, 'signIn'> {
  /** A person's consent to a profile: the way there and back. */
  consentTo: World['signIn'];
  directory: LabDirectory;
  setups: Setups;
  /** Another process's, on the same store: it knows nothing but what is stored. `most`: its patience, in milliseconds. */
  reopen(most?: number): Setups;
  /** Says what is wanted; at the lab, and without a mailbox unless one is named. */
  begin(input?: Record<string, unknown>): Promise<AzureSetup>;
  /** Signs in at the lab, as an administrator does at Microsoft. */
  signIn(
    id: string,
    more?: { setups?: Setups; account?: string; answer?: 'accept' | 'cancel' },
  ): Promise<void>;
  /** From nothing to the end. */
  setUp(input?: Record<string, unknown>): Promise<{ id: string; told: AzureProgress[] }>;
}

/** Letterbox's side of a set-up on a real store, with the lab's authority and directory as the other side. */
export async function startAzureWorld(t: TestContext): Promise<AzureWorld> {
  const world = await startWorld(t);
  const after = endings(t);
  const { authority, certificates, store, vault, resources, profiles, federation } = world;
  authority.faults.deviceIntervalSeconds = 0.01;
  const directory = await startDirectory({ certificates, authority });
  after(directory.stop);
  const of = resourcesOf(builtIn);
  const resource = azureSetups(usesOf(of.profiles));
  const collection = createCollection<AzureSetup>(resource, {
    store,
    vault,
    config: configSchema.parse({}),
    resources: [...Object.values(of), resource],
  });

  function reopen(most = 5_000): Setups {
    const opened = new AzureSetups({
      setups: collection,
      resources,
      authorize: profiles.authorize,
      publicUrl,
      store,
      vault,
      federation,
      patience: { first: 1, cap: 4, most },
    });
    after(() => opened.close());
    return opened;
  }

  const setups = reopen();
  const begin: AzureWorld['begin'] = (input = {}) =>
    setups.begin({
      name: 'Contoso mailboxes',
      loginUrl: authority.origin,
      graphUrl: directory.origin,
      ...input,
    });
  const signIn: AzureWorld['signIn'] = async (
    id,
    { setups: at = setups, account = administrator, answer = 'accept' } = {},
  ) => {
    const { signIn: code } = await at.signIn(id);
    assert.ok(code);
    await createBrowser().enterCode(code.verificationUri, code.userCode, account, answer);
    for (;;) {
      const outcome = (await at.get(id)).signIn?.outcome;
      if (outcome?.kind === 'refused') throw Problem.fromJSON(outcome.problem);
      if (outcome) return;
      await sleep(5);
    }
  };

  const { signIn: consentTo, ...rest } = world;
  return {
    ...rest,
    consentTo,
    directory,
    setups,
    reopen,
    begin,
    signIn,
    async setUp(input) {
      const { id } = await begin(input);
      await signIn(id);
      return { id, told: await all(setups.make(id)) };
    },
  };
}

/** What of the directory belongs to set-ups, without ids that are given anew each time. */
export function madeOf({ directory }: AzureWorld) {
  return {
    applications: directory.applications().length,
    principals: directory.servicePrincipals().length - 2,
    assignments: directory.assignments().length,
    grants: directory.grants().length,
    keys: directory.applications().flatMap(({ keyCredentials }) => keyCredentials).length,
    passwords: directory.applications().flatMap(({ passwordCredentials }) => passwordCredentials).length,
  };
}

/** Everything that comes, to the end. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const come: T[] = [];
  for await (const item of items) come.push(item);
  return come;
}

/** What ended it. */
export async function refusal(work: AsyncIterable<unknown> | Promise<unknown>): Promise<Problem> {
  try {
    await ('then' in work ? work : all(work));
  } catch (error) {
    return Problem.from(error);
  }
  throw new Error('it did not end with a problem');
}

/** As any other tool of an administrator's has it. */
export async function administratorToken({ authority }: AzureWorld, scope: string): Promise<string> {
  const client_id = commandLineTools;
  const post = async (url: string, form: Record<string, string>) => {
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    return (await response.json()) as Record<string, string>;
  };
  const given = await post(authority.deviceAuthorizationUrl, { client_id, scope });
  const { verification_uri = '', user_code = '', device_code = '' } = given;
  await createBrowser().enterCode(verification_uri, user_code, administrator);
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  const { access_token } = await post(authority.tokenUrl, { client_id, grant_type, device_code });
  assert.ok(access_token);
  return access_token;
}

/** What an administrator does at Graph by any other tool. */
export async function asAdministrator(world: AzureWorld) {
  const scope = 'Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All';
  const token = await administratorToken(world, scope);
  return async (method: string, path: string, body?: object): Promise<Record<string, string>> => {
    const response = await fetch(`${world.directory.origin}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
}
