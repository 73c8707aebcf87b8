import { formatBytes, formatDuration } from '../../src/console/format.ts';
import { Problem } from '../../src/model/problem.ts';

const colours = { green: 32, red: 31, yellow: 33, cyan: 36, grey: 90, bold: 1 } as const;
const widthOfFile = 100;

/** What the demo says in the terminal: a line for each thing that happens, in columns. */
export type Story = ReturnType<typeof createStory>;

export function createStory(out: NodeJS.WriteStream) {
  const paint = (colour: keyof typeof colours, text: string) =>
    out.isTTY ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
  const say = (text: string) => out.write(`${text}\n`);

  /** Deed, subject and note; the subject takes what room there is. */
  function row(colour: keyof typeof colours, deed: string, subject: string, note: string): void {
    const room = Math.min(48, Math.max(16, (out.columns ?? widthOfFile) - 46));
    say(`  ${paint(colour, deed.padEnd(9))}  ${fit(subject, room)}  ${paint('grey', note)}`);
  }

  return {
    /** A part of the demo that is there now. */
    part: (name: string, text: string) =>
      say(`${paint('green', '✔')} ${name.padEnd(11)}  ${paint('grey', text)}`),
    done: (text: string) => say(`${paint('green', '✔')} ${text}`),
    panel(rows: [label: string, value: string][]) {
      const width = Math.max(...rows.map(([label]) => label.length));
      const lines = rows.map(
        ([label, value]) => `  ${paint('grey', label.padEnd(width))}  ${paint('bold', value)}`,
      );
      say(['', ...lines, ''].join('\n'));
    },
    stored: (subject: string, bytes: number) => row('cyan', 'stored', subject, formatBytes(bytes)),
    delivered: (subject: string, seconds: number) =>
      row('green', 'delivered', subject, `signature verified, ${formatDuration(seconds)}`),
    repeated: (subject: string) => row('yellow', 'repeated', subject, 'under the same webhook-id'),
    spoilt: (subject: string) => row('red', 'spoilt', subject, 'not as it was sent'),
    troubled: (what: string, remedy: string) =>
      say(`  ${paint('yellow', 'trouble'.padEnd(9))}  ${what}. ${remedy}`),
    failed(error: unknown) {
      const { title, detail, remedy } = Problem.from(error);
      const said = error instanceof Problem ? [title, detail, remedy] : [String(error)];
      say(`${paint('red', '✘')} ${said.filter(Boolean).join('\n  ')}`);
    },
  };
}

/** A text in exactly so many characters. */
function fit(text: string, room: number): string {
  const characters = [...text];
  return characters.length > room
    ? `${characters.slice(0, room - 1).join('')}…`
    : text + ' '.repeat(room - characters.length);
}
