import { z } from 'zod';
import type { Supervisor } from '../intake/supervisor.ts';
import { validate } from '../resources/validation.ts';
import type { Hint } from '../sources/source.ts';
import { areEqual } from '../vault/digest.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';

/** A change notification collection, as far as it matters here (Microsoft: changeNotificationCollection). */
const notificationInput = z.looseObject({
  value: z
    .array(
      z.looseObject({
        clientState: z.string().max(128).nullish(),
        lifecycleEvent: z.string().max(100).nullish(),
      }),
    )
    .max(1000),
});

/** Microsoft: lifecycle events. All others, known or not, are a reason to look. */
const lifecycleHints: Record<string, Hint> = {
  missed: 'missed',
  reauthorizationRequired: 'reauthorization-required',
  subscriptionRemoved: 'subscription-removed',
};

export function createGraphNotifications({
  supervisor,
  notificationUrls,
}: {
  supervisor: Pick<Supervisor, 'hint'>;
  notificationUrls: NotificationUrls;
}): Administration['graphNotifications'] {
  return {
    receive(serverId, input) {
      const { value } = validate(notificationInput, input);
      const hints = value
        .filter(({ clientState }) => notificationUrls.isExpected(serverId, clientState ?? ''))
        .map(({ lifecycleEvent }) => lifecycleHints[lifecycleEvent ?? ''] ?? 'changed');
      for (const hint of new Set(hints)) supervisor.hint(serverId, hint);
    },
  };
}

/** Where Microsoft Graph tells of a mailbox's changes, and what it must name to be heard (Microsoft: subscription). */
export interface NotificationUrls {
  of(serverId: string): { url: string; clientState: string };
  /** Whether a client state is the right one for a server, known or not: the answer takes as long either way. */
  isExpected(serverId: string, clientState: string): boolean;
}

/** The client state follows from the master key and the server's id, so that it needs no place to be kept. */
export function createNotificationUrls({
  publicUrl,
  vault,
}: {
  publicUrl: string;
  vault: Pick<Vault, 'mac'>;
}): NotificationUrls {
  const clientStateOf = (serverId: string) => vault.mac('graph-notification', serverId);
  return {
    of: (serverId) => ({
      url: `${publicUrl}/notifications/graph/${serverId}`,
      clientState: clientStateOf(serverId),
    }),
    isExpected: (serverId, clientState) => areEqual(clientState, clientStateOf(serverId)),
  };
}
