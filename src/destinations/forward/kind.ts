import type { DeliveringKind } from '../../delivery/destination.ts';
import type { FieldProblem } from '../../model/problem.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { OutgoingKind } from '../../resources/outgoing-server/kind.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { type Change, type Json, kindOf, type Loadable } from '../../resources/resource.ts';
import { type ForwardConfig, forwardFields } from './fields.ts';

/** The original itself, unchanged, to one address. */
export const forward: Loadable<DeliveringKind> = {
  name: 'forward',
  label: 'Forward the original',
  help: 'Unchanged, to an address, by SMTP or LMTP.',
  fields: forwardFields,
  targetOf: (destination) => String(destination.recipient),
  outgoingServerOf: (destination) => String(destination.outgoingServerId),
  check: problemsOf,
  load: async () => (await import('./index.ts')).createForward,
};

/** Graph takes recipients from the mail itself, so it cannot forward; and mail must not come round in a circle. */
async function problemsOf(destination: ForwardConfig, { others }: Change): Promise<FieldProblem[]> {
  const { outgoingServerId, recipient, servers } = destination;
  const outgoing = await others.get<OutgoingServer>('outgoing-server', outgoingServerId);
  const kind = outgoing && kindOf(others.resource('outgoing-server'), outgoing as unknown as Json);
  const found: FieldProblem[] = [];
  if (!(kind as OutgoingKind | null)?.forwards)
    found.push({
      field: 'outgoingServerId',
      expected: 'the id of an outgoing email server of kind smtp or lmtp',
      given: outgoing?.name ?? outgoingServerId,
    });
  const mailboxes = (await others.list<MailServer>('server')).filter(
    ({ id }) => servers?.includes(id) ?? true,
  );
  if (mailboxes.some(({ address: own }) => own.toLowerCase() === recipient.toLowerCase()))
    found.push({
      field: 'recipient',
      expected: 'an address other than the mailboxes whose mail is forwarded',
      given: recipient,
    });
  return found;
}
