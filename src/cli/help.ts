import { commonOptions } from './arguments.ts';
import type { Command, Option, Options } from './command.ts';

/** What all commands are, or those of one group such as `profile`. */
export function groupHelp(commands: Command[], group?: string): string {
  const listed = commands.filter(({ name }) => !group || name.startsWith(`${group} `));
  return `Usage: letterbox ${group ? `${group} ` : ''}COMMAND

${columns(listed.map((command) => [`  ${synopsis(command)}`, command.summary]))}

letterbox ${group ? `${group} ` : ''}COMMAND --help tells more of each. Where a server runs on the same data folder, commands go through it.`;
}

export function commandHelp(command: Command): string {
  const own = optionLines(command.options);
  const common = optionLines(commonOptions);
  return [
    `Usage: letterbox ${synopsis(command)}${own.length > 0 ? ' [OPTIONS]' : ''}`,
    command.summary,
    columns([...own, ...common], widestLine),
    ...(command.notes ? [command.notes] : []),
  ].join('\n\n');
}

function synopsis({ name, operand }: Command): string {
  if (!operand) return name;
  const one = `${operand.name}${operand.multiple ? '...' : ''}`;
  return `${name} ${operand.optional ? `[${one}]` : one}`;
}

function optionLines(options: Options): [string, string][] {
  return Object.entries(options).map(([name, option]) => [
    `  --${name}${option.value ? ` ${option.value}` : ''}`,
    `${option.summary}${remarks(option)}`,
  ]);
}

function remarks({ required, multiple }: Option): string {
  const said = [required && 'required', multiple && 'may be repeated'].filter(Boolean).join(', ');
  return said && ` (${said})`;
}

const widestLine = 110;

function columns(rows: [string, string][], widest = Number.POSITIVE_INFINITY): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const below = `\n${' '.repeat(width)}`;
  return rows
    .map(([left, right]) => left.padEnd(width) + wrapped(right, widest - width).join(below))
    .join('\n');
}

/** Lines of whole words, no longer than `widest` where no word is. */
function wrapped(text: string, widest: number): string[] {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length > widest) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}
