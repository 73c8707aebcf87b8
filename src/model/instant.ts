import type { Instant } from './mail-server.ts';

const dateTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** `24 Nov 2026, 13:20 UTC`. */
export function formatInstant(instant: Instant): string {
  return `${dateTime.format(new Date(instant))} UTC`;
}
