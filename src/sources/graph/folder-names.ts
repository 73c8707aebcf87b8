/** Special uses of RFC 6154 and RFC 6851's `\Archive` by their names in Graph. */
const specialUses: Record<string, string> = {
  '\\archive': 'archive',
  '\\drafts': 'drafts',
  '\\junk': 'junkemail',
  '\\sent': 'sentitems',
  '\\trash': 'deleteditems',
};

/** Names by which Graph finds folders whatever the mailbox calls them (Microsoft: mailFolder, well-known folder names). */
const wellKnownNames = new Set([
  'archive',
  'clutter',
  'conversationhistory',
  'deleteditems',
  'drafts',
  'inbox',
  'junkemail',
  'outbox',
  'recoverableitemsdeletions',
  'sentitems',
]);

/** The well-known name that `name` may stand for; null where it can only be a path of display names. */
export function wellKnownName(name: string): string | null {
  const lower = name.toLowerCase();
  const special = specialUses[lower];
  if (special) return special;
  return wellKnownNames.has(lower) ? lower : null;
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
