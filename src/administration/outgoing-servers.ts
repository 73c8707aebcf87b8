import { z } from 'zod';
import type { Sender } from '../delivery/sender.ts';
import { testOutgoing } from '../doctor/test-outgoing.ts';
import type { Collection } from '../resources/collection.ts';
import { mailAddress } from '../resources/fields/address.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';
import { validate } from '../resources/validation.ts';
import type { Administration } from './administration.ts';
import { managed } from './managed.ts';

/** What *Test* may be told. */
export const outgoingTestInput = z.strictObject({ to: mailAddress.optional() });

export function createOutgoingServersAdministration({
  outgoingServers,
  openSender,
}: {
  outgoingServers: Collection<OutgoingServer>;
  openSender: (server: OutgoingServer) => Sender;
}): Administration['outgoingServers'] {
  return managed(outgoingServers, {
    async *test(id: string, input: unknown) {
      const { to } = validate(outgoingTestInput, input);
      const server = await outgoingServers.get(id);
      yield* testOutgoing({ server, sender: openSender(server), to: to ?? null });
    },
  });
}
