import { z } from 'zod';
import type { Acknowledgement } from '../../model/mail-server.ts';
import type { FieldProblem } from '../../model/problem.ts';
import { placeholders, unknownPlaceholders } from '../placeholders.ts';
import type { Json, ResourceRecord } from '../resource.ts';

/** Quotes nothing of the message (RFC 3834 3.1.5 asks for a sign that no person wrote it). */
export const acknowledgementSubject = 'Auto: your mail has arrived';

export const acknowledgementInput = z.strictObject({
  outgoingServerId: z.string().min(1).max(100),
  subject: z
    .string()
    .trim()
    .max(500)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'one line of text')
    .default(acknowledgementSubject),
  text: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .regex(/^[^\0\p{Cs}]*$/u, 'text'),
  // As it was shown; it is told anew.
  since: z.string().optional(),
});

/** Replies begin when they are switched on, and a change of their words does not begin them anew. */
export function acknowledging(
  wanted: Acknowledgement | null,
  before: Json | null,
  now: Date,
): Acknowledgement | null {
  const former = before?.acknowledgement as Acknowledgement | null | undefined;
  return wanted && { ...wanted, since: former?.since ?? now.toISOString() };
}

export function replyProblems(
  acknowledgement: Acknowledgement | null,
  outgoing: ResourceRecord[],
): FieldProblem[] {
  if (!acknowledgement) return [];
  const { outgoingServerId, subject, text: body } = acknowledgement;
  const found: FieldProblem[] = [];
  if (!outgoing.some(({ id }) => id === outgoingServerId))
    found.push({
      field: 'acknowledgement.outgoingServerId',
      expected: 'the id of an outgoing email server',
      given: outgoingServerId,
    });
  for (const [field, template] of Object.entries({ subject, text: body })) {
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
