import type { NotificationSettings } from '../../../resources/notification-settings.ts';
import type { Command } from '../../command.ts';
import type { Api } from '../../connect.ts';
import { namesById } from '../../find.ts';
import { details } from '../../output.ts';

export const notificationsShow: Command = {
  name: 'notifications show',
  summary: 'Shows who is told when something needs a person',
  options: {},
  async run({ api: connect, out }) {
    const api = await connect();
    const settings = await api.request<NotificationSettings>('GET', '/api/notifications');
    const shown = await forPeople(api, settings);
    out.show(settings, () => shown);
    return 0;
  },
};

/** The settings with names instead of ids. */
export async function forPeople(api: Api, settings: NotificationSettings): Promise<string> {
  const { addresses, outgoingServerId, destinationId } = settings;
  if (outgoingServerId === null && destinationId === null)
    return 'Nobody is told. See letterbox notifications set --help.';
  const outgoing = await namesById(api, 'outgoing-servers');
  const destination = await namesById(api, 'destinations');
  return details([
    ['By mail to', addresses.join(', ')],
    ['Sent through', outgoingServerId && outgoing(outgoingServerId)],
    ['By webhook', destinationId && destination(destinationId)],
  ]);
}
