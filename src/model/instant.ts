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

/** A text cut where {@link formatInstant} wrote an instant: the pieces of it, and the instants between them. */
export function cutAtInstants(text: string): (string | { instant: Instant })[] {
  return text.split(/(\b\d{1,2} [A-Z][a-z]{2,3} \d{4}, \d\d:\d\d UTC)/).map((piece, place) => {
    const time = place % 2 === 1 ? Date.parse(piece.replace(',', '')) : Number.NaN;
    return Number.isNaN(time) ? piece : { instant: new Date(time).toISOString() };
  });
}
