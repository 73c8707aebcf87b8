import { formatInstant } from '../model/instant.ts';
import type { Instant } from '../model/mail-server.ts';

const integer = new Intl.NumberFormat('en-GB');

const weekSeconds = 7 * 86_400;

/** Whether its day is told instead of its distance. */
export function isFarAway(instant: Instant, now = Date.now()): boolean {
  return Math.abs(now - Date.parse(instant)) >= weekSeconds * 1000;
}

/** `just now`, `5 min ago`, `in 3 h`; more than a week away the date. */
export function formatDistance(instant: Instant, now = Date.now()): string {
  const seconds = Math.round((now - new Date(instant).getTime()) / 1000);
  const size = Math.abs(seconds);
  if (isFarAway(instant, now)) return formatInstant(instant).split(',')[0] ?? '';
  if (size < 5) return 'just now';
  const text =
    size < 60
      ? `${size} s`
      : size < 3600
        ? `${Math.floor(size / 60)} min`
        : size < 86_400
          ? `${Math.floor(size / 3600)} h`
          : `${Math.floor(size / 86_400)} d`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/** `4 ms`, `1.2 s`; for what a machine does. */
export function formatDuration(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}

/** The name within `Ann Miller <ann@example.com>`; the address where there is none. */
export function formatSender(sender: string): string {
  const [, name, address] = /^(.*?)\s*<([^<>]*)>$/s.exec(sender) ?? [];
  return name || address || sender;
}

/** `1,204`. */
export function formatCount(count: number): string {
  return integer.format(count);
}

/** `24 kB`, in decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes;
  let unit = '';
  for (const next of units) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
