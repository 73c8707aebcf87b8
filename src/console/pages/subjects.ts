import type { PageDeps } from '../context.ts';

/** Subjects of messages and mails by their ids, for lists that know only these; of those that retention removed there is none. */
export async function readSubjects(
  { messages, outgoing }: PageDeps['administration'],
  ids: string[],
): Promise<Map<string, string>> {
  const found = await Promise.all(
    [...new Set(ids)].map((id) => (isMail(id) ? outgoing : messages).get(id).catch(() => null)),
  );
  return new Map(
    found.flatMap((message) => (message ? [[message.id, message.subject || '(no subject)']] : [])),
  );
}

/** The page of a message or mail. */
export function pathOf(id: string): string {
  return `/${isMail(id) ? 'outgoing' : 'messages'}/${id}`;
}

function isMail(id: string): boolean {
  return id.startsWith('out_');
}
