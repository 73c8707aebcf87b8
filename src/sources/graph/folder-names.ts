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

/** Whether a name stands for many, as in LIST (RFC 3501 6.3.8): `*` for anything, `%` for anything but slashes. */
export function isPattern(name: string): boolean {
  return /[*%]/.test(name);
}

/** Whether a path of display names fits a pattern. Exchange does not tell folders apart by case. */
export function fits(path: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/%+/g, '[^/]*');
  return new RegExp(`^${expression}$`, 'is').test(path);
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
