/** Where a command's results go: text for people, or JSON. */
export interface Output {
  /** `--json` was given. */
  json: boolean;
  /** One JSON value on a line of its own, or what is made of it for people. */
  show<T>(value: T, forPeople: (value: T) => string): void;
  /** A line for the person, beside the result: on standard error, never in the JSON. */
  remark(text: string): void;
}

export function createOutput(
  { stdout, stderr }: { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream },
  json: boolean,
): Output {
  return {
    json,
    show(value, forPeople) {
      stdout.write(`${json ? jsonLine(value) : harmless(forPeople(value))}\n`);
    },
    remark: (text) => stderr.write(`${harmless(text)}\n`),
  };
}

/** JSON that is safe to look at: what a terminal might obey is escaped beyond what JSON asks for. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    unruly,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Characters that move the cursor, change its colours or turn text around; a mail's subject may hold them. */
const unruly = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;

export function harmless(text: string): string {
  return text.replace(unruly, '\ufffd');
}

/** Rows under their titles, in columns. */
export function table(titles: string[], rows: (string | number | null)[][], empty: string): string {
  if (rows.length === 0) return empty;
  const lines = [titles, ...rows].map((row) => row.map(cell));
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Labels and what they stand for, below each other; what is not there is left out. */
export function details(rows: [label: string, value: string | null][]): string {
  const there = rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== '');
  const width = Math.max(...there.map(([label]) => label.length));
  return there.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}

/** An instant to the second. */
export function instant(value: string | null): string | null {
  return value === null ? null : value.replace(/\.\d+Z$/, 'Z');
}

const widestCell = 60;

function cell(value: string | number | null): string {
  const text = value === null ? '-' : String(value).replace(/\s+/g, ' ');
  return text.length > widestCell ? `${text.slice(0, widestCell - 1)}…` : text;
}
