import { z } from 'zod';
import { placeholders, unknownPlaceholders } from '../compose/placeholders.ts';
import type { Acknowledgement } from '../model/mail-server.ts';
import type { OutgoingServer } from '../model/outgoing.ts';
import type { FieldProblem } from '../model/problem.ts';

/** What an administrator may say of the automatic answer to each new message. */
export const acknowledgementInput = z.strictObject({
  outgoingServerId: z.string().min(1).max(100),
  subject: z
    .string()
    .trim()
    .max(500)
    .regex(/^\P{Cc}+$/u, 'one line of text')
    .default('Re: {subject}'),
  text: z.string().trim().min(1).max(20_000),
});

type AcknowledgementInput = z.infer<typeof acknowledgementInput>;

/** What is wrong with it when it is held against what there is. */
export function acknowledgementProblems(
  { outgoingServerId, subject, text }: AcknowledgementInput,
  outgoingServers: OutgoingServer[],
): FieldProblem[] {
  const found: FieldProblem[] = [];
  if (!outgoingServers.some(({ id }) => id === outgoingServerId))
    found.push({
      field: 'acknowledgement.outgoingServerId',
      expected: 'the id of an outgoing email server',
      given: outgoingServerId,
    });
  for (const [field, template] of Object.entries({ subject, text })) {
    const unknown = unknownPlaceholders(template);
    if (unknown.length > 0)
      found.push({
        field: `acknowledgement.${field}`,
        expected: `of names in braces only ${Object.keys(placeholders)
          .map((name) => `{${name}}`)
          .join(', ')}`,
        given: unknown.map((name) => `{${name}}`).join(', '),
      });
  }
  return found;
}

/** Answers begin when they are switched on, and a change of their words does not begin them anew. */
export function acknowledging(
  input: AcknowledgementInput | null | undefined,
  before: Acknowledgement | null,
  now: Date,
): Acknowledgement | null {
  if (input === undefined) return before;
  return input && { ...input, since: before?.since ?? now.toISOString() };
}
