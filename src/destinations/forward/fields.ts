import type { DestinationConfig } from '../../resources/destination.ts';
import type { ValuesOf } from '../../resources/field.ts';
import { address } from '../../resources/fields/address.ts';
import { reference } from '../../resources/fields/reference.ts';
import type { OutgoingKind } from '../../resources/outgoing-server/kind.ts';

/** What an administrator says of a forward beside what all destinations have. */
export const forwardFields = {
  recipient: address({
    label: 'Address',
    help: 'Where the originals go. Bounces come to the address of the outgoing server.',
    option: 'forward-to',
    example: 'archive@contoso.com',
    column: 'TO',
  }),
  outgoingServerId: reference({
    label: 'Outgoing email server',
    help: 'One that can forward: by SMTP or LMTP.',
    option: 'outgoing',
    placeholder: 'OUTGOING',
    to: 'outgoing-server',
    fits: (_server, { forwards }: OutgoingKind) => forwards,
  }),
};

export type ForwardConfig = DestinationConfig & ValuesOf<typeof forwardFields>;
