import { Problem } from '../../model/problem.ts';
import type { Guided } from './guided.ts';
import { type Instruction, type Look, type Step, wrong } from './step.ts';
import { client } from './steps/client.ts';
import { connect } from './steps/connect.ts';
import { credentials } from './steps/credentials.ts';
import { destination } from './steps/destination.ts';
import { exchange } from './steps/exchange.ts';
import { firstMail } from './steps/first-mail.ts';
import { mailbox } from './steps/mailbox.ts';
import { permissions } from './steps/permissions.ts';
import { prerequisites } from './steps/prerequisites.ts';
import { registration } from './steps/registration.ts';

/** Every step there is, in the order of the way; one line each. */
const steps: readonly Step[] = [
  prerequisites,
  registration,
  client,
  credentials,
  permissions,
  connect,
  mailbox,
  exchange,
  destination,
  firstMail,
];

/** A step of one guide, as it stands. */
export interface StandingStep extends Look {
  name: string;
  title: string;
  instructions: readonly Instruction[];
}

/** The steps of a guide, without a look at how they stand. */
export function stepsOf(guided: Guided): Step[] {
  return steps.filter(({ concerns }) => concerns?.(guided) ?? true);
}

/** How one step stands, by a look. Never throws. */
export async function lookAt(step: Step, guided: Guided, signal: AbortSignal): Promise<StandingStep> {
  const { name, title } = step;
  const look = await step.look(guided, signal).catch((error): Look => {
    const problem = Problem.from(error);
    return wrong(problem.title, problem);
  });
  return { name, title, instructions: step.instructions(guided), ...look };
}

/** How all of them stand. */
export function lookAtAll(guided: Guided, signal: AbortSignal): Promise<StandingStep[]> {
  return Promise.all(stepsOf(guided).map((step) => lookAt(step, guided, signal)));
}
