import type { NotificationSettings } from '../../../resources/notification-settings.ts';
import { usageProblem } from '../../arguments.ts';
import type { Command, Options } from '../../command.ts';
import { find } from '../../find.ts';
import { forPeople } from './show.ts';

const options: Options = {
  outgoing: {
    type: 'text',
    value: 'OUTGOING',
    summary: 'Outgoing email server that sends to --to, by name or id',
    field: 'outgoingServerId',
  },
  to: {
    type: 'text',
    value: 'ADDRESS',
    summary: 'Whom to send to; those of before are no longer told',
    field: 'addresses',
    multiple: true,
  },
  destination: {
    type: 'text',
    value: 'DESTINATION',
    summary: 'Webhook destination that is told, by name or id',
    field: 'destinationId',
  },
  off: { type: 'flag', summary: 'Nobody is told any more' },
};

export const notificationsSet: Command = {
  name: 'notifications set',
  summary: 'Chooses who is told when something needs a person, by mail or by webhook',
  options,
  async run({ api: connect, given, out, command }) {
    const named = Object.keys(options).filter((option) => given.flag(option));
    if (named.length === 0 || (given.flag('off') && named.length > 1))
      throw usageProblem([{ field: '--off', expected: 'either this or who is told' }], command.name);
    const api = await connect();
    const [outgoing, destination] = [given.text('outgoing'), given.text('destination')];
    const changes = given.flag('off')
      ? { outgoingServerId: null, addresses: [], destinationId: null }
      : {
          ...(given.flag('to') && { addresses: given.texts('to') }),
          ...(outgoing !== undefined && {
            outgoingServerId: (await find(api, 'outgoing-servers', outgoing)).id,
          }),
          ...(destination !== undefined && {
            destinationId: (await find(api, 'destinations', destination)).id,
          }),
        };
    const settings = await api.request<NotificationSettings>('PATCH', '/api/notifications', changes);
    const shown = await forPeople(api, settings);
    out.show(settings, () => shown);
    return 0;
  },
};
