// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

const longest = 255;

/**
 * A file name that is safe to offer: without the path (RFC 2183 2.3), without control characters, and without
 * those that turn the direction of writing, with which `exe.fdp` is shown for `pdf.exe`. Null when nothing is left.
 */
export function safeFilename(written: string | undefined): string | null {
  const name = (written ?? '').replace(unsafe, '').toWellFormed();
  const last = name
    .split(/[/\\]/)
    .map((segment) => segment.trim())
    .findLast((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!last || last.length <= longest) return last ?? null;
  const extension = /\.[^.]{1,20}$/.exec(last)?.[0] ?? '';
  return (last.slice(0, longest - extension.length) + extension).toWellFormed();
}
