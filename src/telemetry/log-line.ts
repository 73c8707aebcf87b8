const levels: Record<number, string> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO ',
  40: 'WARN ',
  50: 'ERROR',
  60: 'FATAL',
};

interface Entry {
  level: number;
  time: string;
  msg?: string;
  server?: string;
  err?: { stack?: string; message?: string };
  [name: string]: unknown;
}

/**
 * A JSON line of the log as text: the time of day, the level, the mailbox, what happened, and the rest as
 * `name=value`. Control characters of what a mail server or a sender said are shown, never obeyed.
 */
export function lineForPeople(line: string): string {
  const { level, time, msg, server, err, ...rest } = JSON.parse(line) as Entry;
  const particulars = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const said = [server && `${server}:`, msg ?? '', ...particulars].filter(Boolean).join(' ');
  const trace = err ? (err.stack ?? err.message ?? '').split('\n') : [];
  return [
    `${time.slice(11, 23)} ${levels[level] ?? level} ${harmless(said)}`,
    ...trace.map((call) => `    ${harmless(call.trim())}`),
    '',
  ].join('\n');
}

function harmless(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
