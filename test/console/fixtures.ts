import type { TestContext } from 'node:test';
import { createSignIn, prepareSetUp } from '../../src/access/sign-in.ts';
import { builtIn, type Kinds } from '../../src/adapters.ts';
import { managed } from '../../src/administration/managed.ts';
import { configSchema } from '../../src/config/config.ts';
import { createConsole } from '../../src/console/console.ts';
import { createApp } from '../../src/http/app.ts';
import type { CertificateInUse } from '../../src/http/certificate.ts';
import { createCsrf } from '../../src/http/csrf.ts';
import { createCollection } from '../../src/resources/collection.ts';
import type { Resource } from '../../src/resources/resource.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import type { Log } from '../../src/telemetry/log.ts';
import { serve, signing, silent } from '../http/fixtures.ts';
import { openVault } from '../resources/fixtures.ts';
import { openStore } from '../store/fixtures.ts';
import { createSampleAdministration, type Furnishing } from './sample-administration.ts';

export const password = 'correct horse battery';

/** What an installation has besides. */
interface Besides {
  kinds?: Kinds;
  /** Resources of a test's own, whose records are kept. */
  resources?: Resource[];
  log?: Log;
  certificate?: () => CertificateInUse;
}

const ofItsOwn = () => ({ isDevelopment: false, expiresAt: '9999-01-01T00:00:00.000Z' });

/** The console over HTTPS with made-up contents and the real sign-in. */
export async function openConsole(
  t: TestContext,
  furnishing: Furnishing,
  { kinds = builtIn, resources = [], log = silent, certificate = ofItsOwn }: Besides = {},
) {
  const store = await openStore(t);
  const signIn = createSignIn({ store, vault: signing });
  const parts = { store, vault: openVault, config: configSchema.parse({}), resources };
  const more = resources.map((resource) => managed(createCollection(resource, parts), {}));
  const administration = createSampleAdministration(signIn, furnishing, { kinds, more });
  const events = createEventBus();
  const csrf = createCsrf(signing);
  const pages = createConsole({ administration, events, csrf, log, certificate });
  const served = await serve(t, createApp({ apps: [pages], log }));
  administration.address = { publicUrl: served.origin, isSet: true };
  return {
    ...served,
    routes: pages.routes,
    store,
    administration,
    events,
    csrf,
    setUpToken: () => prepareSetUp(store),
  };
}

/** The same with a password set and a session begun. */
export async function openSignedIn(t: TestContext, furnishing: Furnishing, besides: Besides = {}) {
  const opened = await openConsole(t, furnishing, besides);
  const session = await opened.administration.signIn.setUp({ token: await opened.setUpToken(), password });
  const cookie = `__Host-letterbox=${session}`;
  return {
    ...opened,
    session,
    /** The text of a page, white space between words as one space. */
    async read(path: string, headers: Record<string, string> = {}) {
      const { text } = await opened.fetch(path, { headers: { cookie, ...headers } });
      return text.replace(/\s+/g, ' ');
    },
  };
}
