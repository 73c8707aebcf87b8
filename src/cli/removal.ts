import { usageProblem } from './arguments.ts';
import type { Call, Options } from './command.ts';
import { canAsk, confirm } from './prompt.ts';

export const removalOptions = {
  yes: { type: 'flag', summary: 'Does it without asking' },
} satisfies Options;

/** Whether it shall be removed: `--yes`, or a person at the terminal says so. Elsewhere `--yes` must be given. */
export async function isRemovalWanted(call: Call, what: string): Promise<boolean> {
  const { command, given, out } = call;
  if (given.flag('yes')) return true;
  if (!canAsk(call))
    throw usageProblem(
      [{ field: '--yes', expected: 'must be given where nobody can be asked' }],
      command.name,
    );
  if (await confirm(call, `Remove ${what}?`)) return true;
  out.remark('Nothing was removed.');
  return false;
}
