import type { OutgoingServer } from '../../../resources/outgoing-server.ts';
import type { Command } from '../../command.ts';
import { table } from '../../output.ts';

export const outgoingList: Command = {
  name: 'outgoing list',
  summary: 'Lists the outgoing email servers',
  options: {},
  async run({ api, out }) {
    const servers = await (await api()).request<OutgoingServer[]>('GET', '/api/outgoing-servers');
    out.show(servers, () =>
      table(
        ['NAME', 'FROM', 'KIND', 'SERVER', 'ENABLED', 'ID'],
        servers.map(({ name, address, kind, host, port, enabled, id }) => [
          name,
          address,
          kind,
          `${host}:${port}`,
          enabled ? 'yes' : 'no',
          id,
        ]),
        'There are no outgoing email servers yet. See letterbox outgoing add --help.',
      ),
    );
    return 0;
  },
};
