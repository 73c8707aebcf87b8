import { decodeWords } from './words.ts';

/** Control characters, those that part lines, and those that turn the direction of writing or mark a byte order. */
const unsafe = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

const longest = 255;
const longestLocation = 2000;

/** A path from a root, a drive, a server, a home or the folder at hand; or an address, as of a page. */
const rooted = /^(?:[/\\]|[a-z]:[/\\]|~[/\\]|\.{1,2}[/\\]|[a-z][a-z+.-]{1,20}:\/\/)/i;
/** The name of a folder, and not a part of a title: one word that ends in small letters, not in a number or as `AC/DC`. */
const folder = /^[\w.-]{2,}[a-z_.-]$/;

/**
 * A file name that is safe to offer: without the path (RFC 2183 2.3), without control characters, and without
 * those that turn the direction of writing, with which `exe.fdp` is shown for `pdf.exe`. A slash that parts no
 * folders, as in `Invoice 12/2024.pdf`, is an underscore, as browsers make it. Null when nothing is left.
 */
export function safeFilename(written: string | undefined): string | null {
  if (!written) return null;
  const name = written.replace(unsafe, '').toWellFormed().trim();
  const segments = name
    .split(/[/\\]/)
    .map((segment) => segment.trim())
    .filter((segment) => !/^[.\s]*$/.test(segment));
  const last = isPath(name, segments) ? segments.at(-1) : segments.join('_');
  if (!last || last.length <= longest) return last || null;
  const extension = /\.[^.]{1,20}$/.exec(last)?.[0] ?? '';
  return (last.slice(0, longest - extension.length) + extension).toWellFormed();
}

/** Whether slashes part folders. A backslash is in no title, but where it stands for a slash in a number. */
function isPath(name: string, segments: readonly string[]): boolean {
  if (rooted.test(name) || /[/\\]\.\.?[/\\]/.test(name)) return true;
  if (name.includes('\\') && !/\d\\\d/.test(name)) return true;
  return segments.length > 1 && segments.slice(0, -1).every((segment) => folder.test(segment));
}

/** The file that a Content-Location names (RFC 2557 4.2), by the last part of its path; null when it names none. */
export function filenameOfLocation(location: string | undefined): string | null {
  if (!location) return null;
  const path = decodeWords(location.slice(0, longestLocation))
    .replace(/[\s"<>]+/g, '')
    .replace(/[?#].*$/s, '')
    .replace(/^[a-z][a-z\d+.-]{0,20}:(?:\/\/[^/]*)?/i, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  return /\.\w{1,10}$/.test(last) ? safeFilename(decodePercent(last)) : null;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
