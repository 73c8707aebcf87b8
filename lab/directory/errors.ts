import { GraphError } from '../graph/errors.ts';

/** What the directory part of Graph refuses with (Microsoft: Resolve authorization errors, error responses). */

export const badRequest = (message: string) => new GraphError(400, 'Request_BadRequest', message);

export const notFound = (id: string) =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const denied = () =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');

/** Two objects may not have the same value. */
export const conflict = (message: string) =>
  new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message);
