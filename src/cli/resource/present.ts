import type { Json, Resource, ResourceRecord } from '../../resources/resource.ts';
import type { Call } from '../command.ts';
import { find } from '../find.ts';

/** The record that the command names, as it is now; of what there is always one, that. */
export async function presentOf(
  call: Call,
  { single, path, type }: Resource,
): Promise<ResourceRecord & Json> {
  if (!single) return find(call, type, call.given.operands[0] ?? '');
  return (await call.api()).request('GET', `/api/${path}`);
}
