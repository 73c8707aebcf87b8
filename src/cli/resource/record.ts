import type { Json, Resource, ResourceRecord } from '../../resources/resource.ts';
import type { Call, Operand } from '../command.ts';
import { find } from '../find.ts';

/** What stands for a record on the command line: `PROFILE`. */
export function operandOf({ command }: Resource): Operand {
  return { name: command.toUpperCase() };
}

/** The record that the command names, as it is now; of what there is always one, that. */
export async function presentOf(
  call: Call,
  { single, path, type }: Resource,
): Promise<ResourceRecord & Json> {
  if (!single) return find(call, type, call.given.operands[0] ?? '');
  return (await call.api()).request('GET', `/api/${path}`);
}
