import type { Context } from 'hono';
import type { z } from 'zod';
import type { ProblemKind } from '../model/problem.ts';

/** What a handler is given of a request. */
export interface Ask<Query> {
  /** `:id` of the path; empty where the path has none. */
  id: string;
  query: Query;
  /** The JSON body, not validated yet. */
  body: unknown;
  c: Context;
}

/**
 * One address of the API and what it does. `api.ts` serves it, and the OpenAPI document describes it, from
 * this same record.
 */
export interface Route<Query = unknown> {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** As Hono writes it: `/api/servers/:id/test`. */
  path: string;
  /** Its name in the description of the API, and in programs that are made from that. */
  operationId: string;
  /** For all, without a session: what needs no permission, or is asked for it by `handle`. */
  open?: true;
  summary: string;
  /** What may stand behind the question mark; validated before `handle`. Without it, nothing may. */
  query?: z.ZodType<Query>;
  /** What the body may hold; validated by whoever `handle` gives it to. Without it, there is none. */
  body?: z.ZodType;
  answer: Answer;
  /** Kinds of trouble of its own, beside those that any route has. */
  problems?: readonly ProblemKind[];
  /**
   * Answers a plain value, items to be streamed, or for bytes a response; throws the Problem to answer with.
   */
  handle(ask: Ask<Query>): unknown;
}

export type Answer =
  | { kind: 'json'; status: 200 | 201; description: string; schema: z.ZodType }
  | { kind: 'nothing' }
  /** NDJSON: a JSON value for each line, as it comes; a line `{ "problem": … }` ends it where it fails. */
  | { kind: 'lines'; description: string; schema: z.ZodType }
  | { kind: 'bytes'; contentType: string; description: string };

/** A route, its query's type kept between schema and handler and then forgotten. */
export function route<Query = unknown>(definition: Route<Query>): Route {
  return definition as Route;
}

export const nothing: Answer = { kind: 'nothing' };

export function shown(description: string, schema: z.ZodType): Answer {
  return { kind: 'json', status: 200, description, schema };
}

export function created(description: string, schema: z.ZodType): Answer {
  return { kind: 'json', status: 201, description, schema };
}
