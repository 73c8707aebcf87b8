import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { guides } from '../resources/guide.ts';
import type { Instruction } from '../setup/guide/step.ts';
import { problemSchema } from './answers.ts';
import { inputSchema, recordSchema } from './resource-schemas.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

const instruction = z.union([
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('path'), path: z.array(z.string()).readonly() }),
  z.object({ kind: z.literal('value'), label: z.string(), value: z.string() }),
  z.object({ kind: z.literal('commands'), commands: z.array(z.string()).readonly() }),
  z.object({ kind: z.literal('page'), href: z.string(), label: z.string() }),
]) satisfies z.ZodType<Instruction>;

const standingStep = z
  .object({
    name: z.string(),
    title: z.string(),
    instructions: z.array(instruction).readonly(),
    state: z.enum(['done', 'not-yet', 'wrong', 'unseen']),
    detail: z.string(),
    problem: problemSchema.optional(),
  })
  .meta({ id: 'GuideStep' });

/** The set-up guide; by the id of a server or a profile its health. */
export function guideRoutes({ guide }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/guide',
      operationId: 'listGuides',
      summary: 'Set-ups that were begun by the guide',
      answer: shown('The set-ups, by name', z.array(recordSchema(guides, 'read'))),
      handle: () => guide.list(),
    }),
    route({
      method: 'post',
      path: '/api/guide',
      operationId: 'beginGuide',
      summary: 'Begins the set-up of a mailbox',
      body: inputSchema(guides, 'new'),
      answer: created('The set-up', recordSchema(guides, 'created')),
      handle: ({ body }) => guide.begin(body),
    }),
    route({
      method: 'delete',
      path: '/api/guide/:id',
      operationId: 'removeGuide',
      summary: 'Forgets a set-up; what was made on its way stays',
      answer: nothing,
      handle: ({ id }) => guide.remove(id),
    }),
    route({
      method: 'get',
      path: '/api/guide/:id',
      operationId: 'lookAtGuide',
      summary: 'Every step of a set-up, of a server or of a profile, with how it stands by a look',
      answer: shown('The steps, in their order', z.array(standingStep)),
      handle: ({ id }) => guide.steps(id),
    }),
  ];
}
