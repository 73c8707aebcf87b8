import type { CredentialProfile } from '../model/credential-profile.ts';
import { type CredentialExpiry, daysLeft, expiryOf } from '../oauth/credential-expiry.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';

/** Days before a credential expires at which an administrator is told. */
const thresholds = [60, 30, 14, 7, 1];
export const firstWarningDays = 60;
const everyMs = 60 * 60_000;

export interface ExpiryWatch {
  start(): void;
  stop(): Promise<void>;
  /** Tells of every credential that has come nearer to its end; of each nearness once, also over restarts. */
  check(): Promise<void>;
}

export function createExpiryWatch({
  store,
  events,
  log,
}: {
  store: Store;
  events: EventBus;
  log: Log;
}): ExpiryWatch {
  let timer: NodeJS.Timeout | null = null;
  let checking: Promise<void> = Promise.resolve();

  async function check(): Promise<void> {
    for (const profile of await store.profiles.list()) {
      const expiry = expiryOf(profile);
      if (expiry) await tell(profile, expiry);
    }
  }

  async function tell({ id, name }: CredentialProfile, expiry: CredentialExpiry): Promise<void> {
    const days = daysLeft(expiry);
    const threshold = thresholds.findLast((one) => days <= one);
    if (threshold === undefined) return;
    const key = `credential-expiry ${id} ${expiry.kind}`;
    const told = `${expiry.expiresAt} ${threshold}`;
    if ((await store.settings.get(key)) === told) return;
    await store.settings.set(key, told);
    log.warn({ profile: name, kind: expiry.kind, expiresAt: expiry.expiresAt }, 'a credential expires soon');
    events.emit('credential.expiring', { profileId: id, profile: name, ...expiry, days });
  }

  const checkAndLog = () => {
    checking = check().catch((error) =>
      log.error({ err: error }, 'expiry of credentials could not be checked'),
    );
  };

  return {
    check,
    start() {
      timer ??= setInterval(checkAndLog, everyMs).unref();
      checkAndLog();
    },
    async stop() {
      if (timer) clearInterval(timer);
      timer = null;
      await checking;
    },
  };
}
