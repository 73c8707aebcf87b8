import type { Problem } from '../../model/problem.ts';
import type { Guided } from './guided.ts';

/** `unseen`: no look from here can tell; it says where to look instead. */
export type StepState = 'done' | 'not-yet' | 'wrong' | 'unseen';

/** What a look has found. */
export interface Look {
  state: StepState;
  detail: string;
  problem?: Problem;
}

/** A part of what is to be done, with this installation’s values. */
export type Instruction =
  | { kind: 'text'; text: string }
  /** Where to click, one after the other. */
  | { kind: 'path'; path: readonly string[] }
  /** To be taken along. */
  | { kind: 'value'; label: string; value: string }
  | { kind: 'commands'; commands: readonly string[] }
  /** A page of this console. */
  | { kind: 'page'; href: string; label: string };

/** One page of the guide. */
export interface Step {
  /** Stable name: `registration`. */
  name: string;
  /** In the words that the administrator finds there. */
  title: string;
  /** Whether it is needed on this way. */
  concerns?(guided: Guided): boolean;
  instructions(guided: Guided): readonly Instruction[];
  /** Finds out how it stands; throws the Problem that keeps it from being done. */
  look(guided: Guided, signal: AbortSignal): Promise<Look>;
}

export const done = (detail: string): Look => ({ state: 'done', detail });
export const notYet = (detail: string): Look => ({ state: 'not-yet', detail });
export const unseen = (detail: string): Look => ({ state: 'unseen', detail });
export const wrong = (detail: string, problem?: Problem): Look => ({
  state: 'wrong',
  detail,
  ...(problem && { problem }),
});
