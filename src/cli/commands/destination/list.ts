import { targetOf } from '../../../model/delivery.ts';
import type { DestinationConfig } from '../../../resources/destination.ts';
import type { Command } from '../../command.ts';
import { namesById } from '../../find.ts';
import { table } from '../../output.ts';

export const destinationList: Command = {
  name: 'destination list',
  summary: 'Lists the destinations',
  options: {},
  async run({ api: connect, out }) {
    const api = await connect();
    const destinations = await api.request<DestinationConfig[]>('GET', '/api/destinations');
    const serverName = await namesById(api, 'servers');
    out.show(destinations, () =>
      table(
        ['NAME', 'KIND', 'TO', 'SERVERS', 'ENABLED', 'ID'],
        destinations.map((destination) => [
          destination.name,
          destination.kind,
          targetOf(destination),
          destination.servers === null ? 'all' : destination.servers.map(serverName).join(', '),
          destination.enabled ? 'yes' : 'no',
          destination.id,
        ]),
        'There are no destinations yet. See letterbox destination add --help.',
      ),
    );
    return 0;
  },
};
