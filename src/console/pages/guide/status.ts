import type { StepState } from '../../../setup/guide/step.ts';
import { status } from '../../components/status.ts';
import type { Html } from '../../html.ts';

/** How a step stands, in a word and a colour. */
export function stepStatus(state: StepState): Html {
  if (state === 'done') return status('ok', 'Done');
  if (state === 'wrong') return status('bad', 'Wrong');
  return state === 'unseen' ? status('warn', 'Cannot be seen from here') : status('idle', 'Not yet');
}
