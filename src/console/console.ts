import { Hono } from 'hono';
import { logUnexpected } from '../http/app.ts';
import { limitBody } from '../http/body-limit.ts';
import { protectByOrigin } from '../http/csrf.ts';
import { bodyKibibytes } from '../http/limits.ts';
import { problemStatus, retryAfter } from '../http/problem-response.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { readSession, requireSession } from '../http/session.ts';
import { notFound, Problem } from '../model/problem.ts';
import { createActivity } from './activity.ts';
import { createAssets } from './assets.ts';
import type { ConsoleDeps, ConsoleEnv, Frame, PageDeps } from './context.ts';
import { createLive } from './live.ts';
import { adminConsentPages } from './pages/admin-consent.ts';
import { consentPages } from './pages/consent.ts';
import { deliveriesPages } from './pages/deliveries.ts';
import { destinationPages } from './pages/destination.ts';
import { deviceCodePages } from './pages/device-code.ts';
import { errorPage } from './pages/error.ts';
import { guidePages } from './pages/guide/index.ts';
import { messagePages } from './pages/message.ts';
import { messageFiles } from './pages/message-files.ts';
import { messagesPage } from './pages/messages.ts';
import { outgoingMailPages } from './pages/outgoing-mail.ts';
import { outgoingServerTestPage } from './pages/outgoing-server-test.ts';
import { overviewPage } from './pages/overview.ts';
import { grantPages } from './pages/profile.ts';
import { profileSecretPage } from './pages/profile-secret.ts';
import { quarantinePages } from './pages/quarantine.ts';
import { serverButtonPages } from './pages/server.ts';
import { serverAccessPage } from './pages/server-access.ts';
import { serverTestPage } from './pages/server-test.ts';
import { setUpPage } from './pages/set-up.ts';
import { signInPages, signInPath, signOutRoute } from './pages/sign-in.ts';
import { shownResources } from './pages/views.ts';
import { resourcePages } from './resources/index.ts';
import type { ShownResource } from './resources/view.ts';
import { visibilityRules } from './resources/visibility.ts';
import { createShownOnce } from './shown-once.ts';

/**
 * The administrators' console: server-rendered pages over {@link Administration}, for HTTPS only. It
 * works without JavaScript; with it, what they show lives. Pages outside a session: sign-in and set-up.
 */
export function createConsole(deps: ConsoleDeps): Hono {
  const activity = createActivity(deps.events);
  const pages: PageDeps = {
    ...deps,
    activity,
    live: createLive({ ...deps, activity }),
    secrets: createShownOnce(),
    consents: createShownOnce(),
  };

  const resources = shownResources(pages);
  const assets = createAssets(visibilityRules(resources));
  const frame: Frame = {
    assetUrl: assets.url,
    resources: resources.map(({ records, view }) => ({ resource: records.resource, picture: view.picture })),
  };

  const app = new Hono<ConsoleEnv>();
  app.use(securityHeaders());
  app.use((c, next) => {
    c.set('frame', frame);
    return next();
  });
  app.onError((error, c) => {
    logUnexpected(deps.log, error);
    const problem = Problem.from(error);
    return c.html(errorPage(c, problem), problemStatus(problem) as 500, retryAfter(problem));
  });
  app.route('/', assets.routes);
  for (const path of ['/sign-in', '/set-up'])
    app.use(path, protectByOrigin, limitBody('form', bodyKibibytes.signIn));
  app.route('/', signInPages(pages));
  app.route('/', setUpPage(pages));
  app.route('/', inside(pages, resources));
  return new Hono().route('/', app);
}

/** Everything behind the sign-in. */
function inside(deps: PageDeps, resources: ShownResource[]): Hono<ConsoleEnv> {
  const { administration, csrf } = deps;
  const app = new Hono<ConsoleEnv>();
  app.use(
    requireSession(administration.signIn.verify, async (c) => {
      if (await administration.signIn.setUpNeeded()) return c.redirect('/set-up', 303);
      return c.redirect(signInPath(c, readSession(c) !== undefined), 303);
    }),
  );
  app.use(async (c, next) => {
    c.set('csrf', csrf.token(c.get('session')));
    return next();
  });
  app.use(csrf.protect);

  app.route('/', signOutRoute(deps));
  app.route('/', overviewPage(deps));
  app.route('/', resourcePages(resources, deps.live));
  for (const pages of [
    guidePages,
    profileSecretPage,
    grantPages,
    consentPages,
    adminConsentPages,
    deviceCodePages,
    serverTestPage,
    serverAccessPage,
    serverButtonPages,
    destinationPages,
    outgoingServerTestPage,
    outgoingMailPages,
    messagesPage,
    messageFiles,
    messagePages,
    deliveriesPages,
    quarantinePages,
  ])
    app.route('/', pages(deps));
  app.all('*', (c) => {
    throw notFound('There is no such page', c.req.path, 'Choose a page from the menu.');
  });
  return app;
}
