import { Malformed, Refusal } from '../../network/graph.ts';

/** Pages that lead on for ever; what was on them can be used all the same. */
export class Endless extends Malformed {
  constructor() {
    super('pages without an end');
  }
}

/** The message or folder asked for is not there: it was moved or deleted. */
export function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.is('ErrorItemNotFound', 'itemNotFound', 'ErrorFolderNotFound');
}

/** The id is none of this mailbox's. */
export function isNoId(error: unknown): boolean {
  return error instanceof Refusal && error.is('ErrorInvalidIdMalformed');
}

/** Graph has forgotten how far we were: all is to be looked at again (Microsoft: Use delta query, synchronization reset). */
export function isSyncStateLost(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.status === 410 || error.is('syncStateNotFound', 'resyncRequired', 'syncStateInvalid');
}
