import type { DeliveredItem } from '../../model/delivery.ts';
import type { PageDeps } from '../context.ts';

/**
 * Subjects of messages and mails by their ids, for lists that know only these. There is none of a notification, nor of
 * what retention removed.
 */
export async function readSubjects(
  { messages, outgoing }: PageDeps['administration'],
  items: DeliveredItem[],
): Promise<Map<string, string>> {
  const read = {
    message: (id: string) => messages.get(id),
    mail: (id: string) => outgoing.get(id),
    notification: async () => null,
  };
  const kinds = new Map(items.map(({ id, kind }) => [id, kind]));
  const found = await Promise.all([...kinds].map(([id, kind]) => read[kind](id).catch(() => null)));
  return new Map(
    found.flatMap((message) => (message ? [[message.id, message.subject || '(no subject)']] : [])),
  );
}

/** The page of a message or mail. */
export function pathOf({ kind, id }: DeliveredItem): string {
  return `/${kind === 'mail' ? 'outgoing' : 'messages'}/${id}`;
}
