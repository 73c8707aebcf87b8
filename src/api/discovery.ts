import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { type Route, route, shown } from './route.ts';

const said = z.object({ value: z.string(), from: z.string() });

const discoverySchema = z
  .object({
    address: z.string(),
    domain: z.string().describe('As the DNS has it (A-labels)'),
    summary: z.string(),
    settings: z
      .record(
        z.string(),
        z.array(
          z.object({
            field: z.string(),
            value: z.union([z.string(), z.number(), z.array(z.string()), z.null()]),
            from: z.string().describe('From where it is known'),
            remark: z.string().nullable(),
          }),
        ),
      )
      .describe('Values for fields, as a new record takes them: of profile, server and outgoing-server'),
    servers: z
      .array(
        z.object({
          protocol: z.string(),
          host: z.string(),
          port: z.int(),
          security: z.enum(['tls', 'starttls']),
          username: z.string().nullable().describe('Null for the mail address'),
          authentication: z.array(z.enum(['oauth2', 'password'])).describe('Empty where nobody says'),
          from: z.string(),
          remark: z.string().nullable(),
        }),
      )
      .describe('Every server that was named, the best first'),
    conflicts: z
      .array(z.object({ what: z.string(), taken: said, others: z.array(said) }))
      .describe('Where sources do not agree'),
    remarks: z.array(z.string()),
    evidence: z
      .array(
        z.object({ from: z.string(), state: z.enum(['found', 'nothing', 'failed']), detail: z.string() }),
      )
      .describe('Every source that was asked, and what it said'),
  })
  .meta({ id: 'Discovery' }) satisfies z.ZodType<Discovery>;

/** Where a mailbox is. */
export function discoveryRoutes({ discovery }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/discovery',
      operationId: 'discoverSettings',
      summary:
        'Looks for the settings of the mailbox with an address: in the DNS, at Microsoft, at its domain and in Thunderbird’s database. Nothing is signed in to',
      query: z.strictObject({
        address: z.string().describe('The mail address'),
        protocol: z
          .string()
          .optional()
          .describe('That mail is to be read by; by default the best that is found'),
      }),
      answer: shown('What was found, each value with from where it is known', discoverySchema),
      problems: ['conflict', 'busy'],
      handle: ({ query }) => discovery.discover(query.address, query.protocol),
    }),
  ];
}
