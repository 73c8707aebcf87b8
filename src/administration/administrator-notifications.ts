import { z } from 'zod';
import { isAddress } from '../compose/reply.ts';
import { type NotificationSettings, noNotifications } from '../model/notice.ts';
import { type FieldProblem, invalidInput } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { changesOf } from './changes.ts';
import { validate } from './validation.ts';

const notificationKey = 'notifications';
const id = z.string().min(1).max(100).nullable();

/** What an administrator may say of who is told, and how. */
export const notificationInput = changesOf(
  z.strictObject({
    outgoingServerId: id,
    addresses: z
      .array(z.string().trim().refine(isAddress, 'a mail address such as admin@contoso.com'))
      .max(50),
    destinationId: id,
  }),
);

export async function notificationSettings(store: Store): Promise<NotificationSettings> {
  const stored = await store.settings.get(notificationKey);
  return stored === null ? noNotifications : { ...noNotifications, ...JSON.parse(stored) };
}

export function createAdministratorNotifications({
  store,
  changed,
}: {
  store: Store;
  /** There may be somebody to tell now. */
  changed: () => void;
}): Administration['administratorNotifications'] {
  async function problemsOf(settings: NotificationSettings): Promise<FieldProblem[]> {
    const { outgoingServerId, destinationId, addresses } = settings;
    const found: FieldProblem[] = [];
    if (outgoingServerId !== null && !(await store.outgoingServers.get(outgoingServerId)))
      found.push({
        field: 'outgoingServerId',
        expected: 'the id of an outgoing email server',
        given: outgoingServerId,
      });
    if (outgoingServerId === null && addresses.length > 0)
      found.push({ field: 'outgoingServerId', expected: 'the outgoing email server that sends to them' });
    if (outgoingServerId !== null && addresses.length === 0)
      found.push({ field: 'addresses', expected: 'at least one address to send to' });
    const destination = destinationId === null ? null : await store.destinations.get(destinationId);
    if (destinationId !== null && destination?.kind !== 'webhook')
      found.push({
        field: 'destinationId',
        expected: 'the id of a webhook destination',
        given: destination?.name ?? destinationId,
      });
    return found;
  }

  return {
    get: () => notificationSettings(store),
    async update(input) {
      const changes = validate(notificationInput, input);
      const settings = { ...(await notificationSettings(store)), ...changes };
      const found = await problemsOf(settings);
      if (found.length > 0) throw invalidInput(found);
      await store.settings.set(notificationKey, JSON.stringify(settings));
      changed();
      return settings;
    },
  };
}
