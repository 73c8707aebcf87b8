import type { Change, Here, Wanted } from './change.ts';
import { changeKinds } from './changes/index.ts';
import type { Present } from './present.ts';

/** What is still to be made, in order: nothing once all is as it is wanted. Throws a Problem where it cannot be. */
export function plan(wanted: Wanted, present: Present, here: Here): Change[] {
  return changeKinds.flatMap((kind) => kind.plan(wanted, present, here));
}
