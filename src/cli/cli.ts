import type { Config } from '../config/config.ts';
import { didYouMean, nearest } from '../config/near-miss.ts';
import { Problem } from '../model/problem.ts';
import { parseArguments, usageProblem } from './arguments.ts';
import type { CliDeps, Command, Options } from './command.ts';
import { commandsOf } from './commands/index.ts';
import type { Api } from './connect.ts';
import { commandHelp, groupHelp } from './help.ts';
import { createOutput, harmless, jsonLine } from './output.ts';
import { inOptionNames, problemText } from './problem-text.ts';

/** Exit codes: done; a problem; a command line that is wrong. */
const exit = { done: 0, problem: 1, usage: 2 } as const;

/** Runs the command that was typed, to its exit code. Nothing is thrown: problems are told on standard error. */
export async function runCli(typed: string[], deps: CliDeps): Promise<number> {
  // `letterbox help profile add` is `letterbox profile add --help`.
  const words = typed[0] === 'help' ? [...typed.slice(1), '--help'] : typed;
  const commands = commandsOf(deps.resources);
  let options: Options = {};
  try {
    const group = helpGroup(words, commands);
    if (group !== null) {
      deps.stdout.write(`${groupHelp(commands, group)}\n`);
      return exit.done;
    }
    const { command, rest } = findCommand(words, commands);
    options = command.options;
    return await runCommand(command, rest, deps);
  } catch (error) {
    const problem = inOptionNames(Problem.from(error), options, words);
    const json = words.includes('--json');
    deps.stderr.write(`${json ? jsonLine({ problem }) : harmless(problemText(problem))}\n`);
    return codeOf(problem);
  }
}

async function runCommand(command: Command, words: string[], deps: CliDeps): Promise<number> {
  const given = parseArguments(words, command);
  if (given.flag('help')) {
    deps.stdout.write(`${commandHelp(command)}\n`);
    return exit.done;
  }
  // Only here, as help is there at once without them.
  const { loadConfig } = await import('../config/load.ts');
  const { connectToApi } = await import('./connect.ts');
  let loaded: Config | null = null;
  const configuration = () =>
    (loaded ??= loadConfig({
      file: given.text('config'),
      environment: deps.environment,
      folder: deps.folder,
    }));
  let connected: Promise<Api> | null = null;
  try {
    return await command.run({
      ...deps,
      command,
      given,
      // A command that needs no settings is not stopped by wrong ones.
      get config() {
        return configuration();
      },
      out: createOutput(deps, given.flag('json')),
      api: async () => (connected ??= connectToApi(configuration(), deps.open)),
    });
  } finally {
    await closeQuietly(connected);
  }
}

/** When connecting failed, that was told already. */
async function closeQuietly(connected: Promise<Api> | null): Promise<void> {
  const api = await connected?.catch(() => null);
  await api?.close();
}

/** For `letterbox --help` and `letterbox profile --help` the group, empty for all; else null. */
function helpGroup(words: string[], commands: Command[]): string | null {
  const asked = words.filter((word) => !['--help', '-h'].includes(word));
  if (asked.length === words.length) return null;
  const [group = '', ...more] = asked;
  return more.length === 0 && (group === '' || isGroup(group, commands)) ? group : null;
}

function isGroup(word: string, commands: Command[]): boolean {
  return commands.some(({ name }) => name.startsWith(`${word} `));
}

/** The command of the longest name that the words begin with. */
function findCommand(words: string[], commands: Command[]): { command: Command; rest: string[] } {
  for (const length of [2, 1]) {
    const command = commands.find(({ name }) => name === words.slice(0, length).join(' '));
    if (command) return { command, rest: words.slice(length) };
  }
  throw unknownCommand(words, commands);
}

function unknownCommand([first, second]: string[], commands: Command[]): Problem {
  if (first === undefined || first.startsWith('-'))
    return usageProblem([{ field: 'COMMAND', expected: 'must be given first' }]);
  const beginnings = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
  if (!isGroup(first, commands))
    return usageProblem([
      { field: first, expected: `there is no such command${didYouMean(nearest(first, beginnings))}` },
    ]);
  const ends = commands
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name }) => name.slice(first.length + 1));
  if (second === undefined || second.startsWith('-'))
    return usageProblem([{ field: first, expected: `must be followed by one of ${ends.join(', ')}` }], first);
  const near = nearest(second, ends);
  return usageProblem(
    [
      {
        field: `${first} ${second}`,
        expected: `there is no such command${didYouMean(near && `${first} ${near}`)}`,
      },
    ],
    first,
  );
}

/** Wrong values are the command line's, unless they were written elsewhere. */
function codeOf({ kind, fields }: Problem): number {
  const typed = fields?.every(({ field, where }) => !where && field.startsWith('--')) ?? false;
  return kind === 'usage' || (kind === 'invalid' && typed) ? exit.usage : exit.problem;
}
