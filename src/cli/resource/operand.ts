import type { Resource } from '../../resources/resource.ts';
import type { Operand } from '../command.ts';

/** What stands for a record on the command line: `PROFILE`. */
export function operandOf({ command }: Resource): Operand {
  return { name: command.toUpperCase() };
}
