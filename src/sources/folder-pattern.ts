/** Whether a name stands for many, as in LIST (RFC 3501 6.3.8): `*` for anything, `%` for all within one level. */
export function isPattern(name: string): boolean {
  return /[*%]/.test(name);
}

/** Tells the paths that fit a name or pattern. Levels end with slashes; Exchange does not tell folders apart by case. */
export function matcherOf(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/%+/g, '[^/]*');
  const expression = new RegExp(`^${source}$`, 'is');
  return (path) => expression.test(path);
}
