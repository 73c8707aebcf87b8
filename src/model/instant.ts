import type { Instant } from './mail-server.ts';

/** Made when it is first used: that takes longer than most modules take to load. */
let dateTime: Intl.DateTimeFormat | undefined;

/** `24 Nov 2026, 13:20 UTC`. */
export function formatInstant(instant: Instant): string {
  dateTime ??= new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `${dateTime.format(new Date(instant))} UTC`;
}
