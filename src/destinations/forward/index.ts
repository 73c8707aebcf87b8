import type { Destination, DestinationParts } from '../../delivery/destination.ts';
import { outcomeOf } from '../../delivery/outcome.ts';
import { Problem } from '../../model/problem.ts';
import type { ForwardConfig } from './fields.ts';

/**
 * The original itself, unchanged, to one address: by SMTP or LMTP through an outgoing email server, in an envelope of
 * its own. Bounces go to the server's address, so that no mail is returned to somebody who never sent it there.
 */
export const createForward = ({
  destination,
  sender,
}: Pick<DestinationParts, 'sender'> & { destination: ForwardConfig }): Destination => ({
  async deliver({ message, raw }, signal) {
    if (!sender) return { kind: 'retry', after: null, problem: noServer(destination.name) };
    const { size } = message;
    return outcomeOf(
      await sender.send(
        { envelope: { from: sender.address, to: [destination.recipient] }, size, raw: () => raw() },
        signal,
      ),
    );
  },
  async reach(signal) {
    if (!sender) throw noServer(destination.name);
    return `the outgoing email server answers: ${await sender.verify(signal)}`;
  },
});

function noServer(name: string): Problem {
  return new Problem({
    code: 'forward.no-server',
    kind: 'conflict',
    title: 'The outgoing email server of this destination is gone or switched off',
    detail: name,
    remedy: 'Switch it on, or choose another outgoing server in the destination.',
    retry: 'later',
  });
}
