import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import { type LabAuthority, startAuthority } from '../../lab/authority/index.ts';
import { createBrowser } from '../../lab/browser.ts';
import { createLabAuthority, type LabCertificates } from '../../lab/certificates.ts';
import { createAdminConsentAdministration } from '../../src/administration/admin-consent.ts';
import type { Administration } from '../../src/administration/administration.ts';
import { AuthorizationCodeConsent } from '../../src/administration/consent.ts';
import { DeviceCodeConsent } from '../../src/administration/device-code.ts';
import { createProfilesAdministration } from '../../src/administration/profiles.ts';
import type { Config } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import { tokensName } from '../../src/oauth/sealed.ts';
import type { TokenSet } from '../../src/oauth/token-set.ts';
import { createTokenSources, type TokenSources } from '../../src/oauth/token-source.ts';
import type { Collections } from '../../src/resources/collections.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createEventBus, type EventBus, type Events } from '../../src/telemetry/events.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { loadKeyRing } from '../../src/vault/key-ring.ts';
import { createVault, type Vault } from '../../src/vault/vault.ts';
import { collectionsOf } from '../resources/fixtures.ts';

export const publicUrl = 'https://letterbox.example';
export const account = 'support@contoso.example';
export const session = 'browser-session-1';

/** Letterbox's side of OAuth on a real store, with the lab's authority as the other side. */
export interface World {
  folder: string;
  federation: Config['federation'];
  certificates: LabCertificates;
  authority: LabAuthority;
  store: Store;
  vault: Vault;
  resources: Collections;
  tokens: TokenSources;
  profiles: Administration['profiles'];
  consent: Administration['consent'];
  deviceCode: Administration['deviceCode'];
  adminConsent: Administration['adminConsent'];
  events: EventBus;
  /** States that profiles came to, as told. */
  told: Events['profile.state'][0][];
  /** How often the token endpoint was asked for a grant. */
  asked(grant: string): number;
  /** Creates a profile for a person (or an app by itself) at the lab's authority, by its explicit URLs. */
  create(input?: Record<string, unknown>): Promise<CredentialProfile>;
  createAppOnly(input?: Record<string, unknown>): Promise<CredentialProfile>;
  /** Goes to the authority's sign-in page and back; gives the URL that the browser was sent to. */
  signIn(profileId: string, who?: string, action?: 'accept' | 'cancel'): Promise<URL>;
  /** The whole consent. */
  connect(profileId: string, who?: string): Promise<CredentialProfile>;
  /** What is stored of the grant, opened. */
  stored(profileId: string): Promise<TokenSet | null>;
  /** The one access token of it, where there is one. */
  storedToken(profileId: string): Promise<string | undefined>;
}

export async function startWorld(t: TestContext, decorate = (store: Store): Store => store): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-oauth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = await createLabAuthority(join(folder, 'certificates'));
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificates.caPem]);
  const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
  t.after(() => authority.stop());
  const opened = await openSqliteStore(join(folder, 'data'));
  t.after(() => opened.close());

  const store = decorate(opened);
  const federation = { tokenFolders: [join(folder, 'tokens')], hosts: [new URL(authority.origin).host] };
  const vault = createVault(loadKeyRing({ defaultFile: join(folder, 'master.key') }));
  const events = createEventBus();
  const told: World['told'] = [];
  events.on('profile.state', (state) => told.push(state));
  const resources: Collections = collectionsOf(store, {
    vault,
    guard: (id, work) => tokens.change(id, work),
  });
  const { servers } = resources;
  const tokens = createTokenSources({
    profiles: resources.profiles,
    store,
    vault,
    events,
    log: createLog('silent'),
    federation,
  });
  const profiles = createProfilesAdministration({ profiles: resources.profiles, events, tokens });
  const parts = {
    profiles: resources.profiles,
    servers,
    store,
    vault,
    events,
    tokens,
    publicUrl,
    federation,
  };
  const consent = new AuthorizationCodeConsent(parts);
  const deviceCode = new DeviceCodeConsent(parts);
  t.after(() => deviceCode.stop());
  const adminConsent = createAdminConsentAdministration(parts);

  const stored = async (profileId: string): Promise<TokenSet | null> => {
    const sealed = await store.secrets.read(profileId, tokensName);
    return sealed ? JSON.parse(vault.open(profileId, tokensName, sealed)) : null;
  };
  const byUrls = (client: { clientId: string; clientSecret: string }) => ({
    ...client,
    authorizationUrl: authority.authorizationUrl,
    tokenUrl: authority.tokenUrl,
  });
  const signIn: World['signIn'] = async (profileId, who = account, action = 'accept') =>
    createBrowser().consent(await consent.begin(profileId, session), who, action);

  return {
    folder,
    federation,
    certificates,
    authority,
    store,
    vault,
    resources,
    tokens,
    profiles,
    consent,
    deviceCode,
    adminConsent,
    events,
    told,
    asked: (grant) => authority.requests.filter((request) => request.grant === grant).length,
    create: (input = {}) =>
      profiles.create({
        name: 'Contoso',
        ...byUrls(authority.register({ redirectUris: [consent.redirectUri] })),
        ...input,
      }),
    createAppOnly: (input = {}) =>
      profiles.create({
        name: 'Contoso app',
        grant: 'client_credentials',
        ...byUrls(authority.register({ appOnly: true, upn: account })),
        ...input,
      }),
    signIn,
    connect: async (profileId, who) => consent.complete(await signIn(profileId, who), session),
    stored,
    storedToken: async (profileId) => Object.values((await stored(profileId))?.access ?? {})[0]?.token,
  };
}

/** A store whose changes of records are told, before and after each. */
export const watchingRecords =
  ({ before, after }: { before?: () => void; after?: () => void }) =>
  (store: Store): Store => ({
    ...store,
    records: {
      ...store.records,
      async change(work) {
        before?.();
        const result = await store.records.change(work);
        after?.();
        return result;
      },
    },
  });

/** The Problem that something is refused with. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}
