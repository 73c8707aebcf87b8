import { z } from 'zod';
import type { FieldProblem } from '../model/problem.ts';
import type { DestinationConfig, DestinationKind } from './destination.ts';
import type { ValuesOf } from './field.ts';
import { list } from './fields/list.ts';
import { optionalReference } from './fields/reference.ts';
import { type Json, kindOf, type Resource, type ResourceRecord } from './resource.ts';

/** The type, and the id of the one record that there is. */
export const notificationsType = 'notifications';

/** An addr-spec (RFC 5321 4.1.2) that can stand in an envelope as it is. */
export const isEnvelopeAddress = (text: string): boolean =>
  text.length <= 320 && /^[^\s@<>"(),:;\\[\]\p{Cc}\p{Cs}]+@[^\s@<>"(),:;\\[\]\p{Cc}\p{Cs}]+$/u.test(text);

/** Who is told when something needs a person, and how. */
export const notificationFields = {
  outgoingServerId: optionalReference({
    label: 'By mail, through',
    option: 'outgoing',
    placeholder: 'OUTGOING',
    to: 'outgoing-server',
    none: 'No mail',
  }),
  addresses: list({
    label: 'To',
    help: 'One address a line. Each gets a mail of its own.',
    option: 'to',
    placeholder: 'ADDRESS',
    of: z.string().trim().refine(isEnvelopeAddress, 'a mail address such as admin@contoso.com'),
    max: 50,
    rows: 3,
    words: /[\s,;]+/,
    fallback: [],
  }),
  destinationId: optionalReference({
    label: 'By webhook',
    help: 'A signed request of type administrators.notified.',
    option: 'destination',
    placeholder: 'DESTINATION',
    to: 'destination',
    fits: (_destination, { takesNotices }: DestinationKind) => takesNotices === true,
    none: 'No webhook',
  }),
};

export type NotificationSettings = ResourceRecord & ValuesOf<typeof notificationFields>;

export const notificationSettings: Resource = {
  type: notificationsType,
  path: 'notifications',
  command: 'notifications',
  idPrefix: 'ntf',
  title: 'notification settings',
  noun: 'notifications',
  single: true,
  version: 1,
  fields: notificationFields,
  async check(settings: NotificationSettings, { others }) {
    const { outgoingServerId, destinationId, addresses } = settings;
    const found: FieldProblem[] = [];
    if (outgoingServerId === null && addresses.length > 0)
      found.push({ field: 'outgoingServerId', expected: 'the outgoing email server that sends to them' });
    if (outgoingServerId !== null && addresses.length === 0)
      found.push({ field: 'addresses', expected: 'at least one address to send to' });
    const destination =
      destinationId === null ? null : await others.find<DestinationConfig>('destination', destinationId);
    const kind = destination && kindOf(others.resource('destination'), destination as unknown as Json);
    if (destination && !(kind as DestinationKind | null)?.takesNotices)
      found.push({
        field: 'destinationId',
        expected: 'the id of a webhook destination',
        given: destination.name,
      });
    return found;
  },
  removal: { what: 'the notification settings', consequence: 'Nobody is told.' },
};
