import type { PageDeps } from '../context.ts';

/** Subjects of messages by their ids, for lists that know only these; of those that retention removed there is none. */
export async function readSubjects(
  { messages }: PageDeps['administration'],
  ids: string[],
): Promise<Map<string, string>> {
  const found = await Promise.all([...new Set(ids)].map((id) => messages.get(id).catch(() => null)));
  return new Map(
    found.flatMap((message) => (message ? [[message.id, message.subject || '(no subject)']] : [])),
  );
}
