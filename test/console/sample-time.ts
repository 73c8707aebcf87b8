/** An instant so many minutes before now; negative ones are to come. */
export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}
