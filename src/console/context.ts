import type { Context } from 'hono';
import type { Administration } from '../administration/administration.ts';
import type { CertificateInUse } from '../http/certificate.ts';
import type { Csrf } from '../http/csrf.ts';
import type { Resource } from '../resources/resource.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Activity } from './activity.ts';
import type { Assets } from './assets.ts';
import type { IconName } from './components/icon.ts';
import type { Live } from './live.ts';
import type { ShownOnce } from './shown-once.ts';

/** What the console is made from. */
export interface ConsoleDeps {
  administration: Administration;
  events: EventBus;
  csrf: Csrf;
  log: Log;
  /** That of this server. */
  certificate(): CertificateInUse;
}

/** What its pages are made from. */
export interface PageDeps extends ConsoleDeps {
  activity: Activity;
  live: Live;
  /** Signing secrets on their way to the one page that shows them. */
  secrets: ShownOnce<string>;
  /** Which profile a consent under way is for, by its `state`. */
  consents: ShownOnce<string>;
}

/** What stands around every page. */
export interface Frame {
  assetUrl: Assets['url'];
  /** What can be set up, for the menu. */
  resources: { resource: Resource; picture: IconName }[];
}

/** What every handler finds in its context; those of pages outside a session only the frame. */
export interface ConsoleEnv {
  Variables: {
    frame: Frame;
    session: string;
    /** The token that every form carries. */
    csrf: string;
  };
}

export type ConsoleContext = Context<ConsoleEnv>;
