import type { MailServerState } from '../../../model/mail-server.ts';
import type { MailServer } from '../../../resources/incoming-server.ts';
import type { Command } from '../../command.ts';
import { instant, table } from '../../output.ts';

export const serverList: Command = {
  name: 'server list',
  summary: 'Lists the incoming email servers and how each stands',
  options: {},
  async run({ api, out }) {
    const servers = await (await api()).request<(MailServer & { state: MailServerState })[]>(
      'GET',
      '/api/servers',
    );
    out.show(servers, () =>
      table(
        ['NAME', 'ADDRESS', 'CONDITION', 'LAST MESSAGE', 'PROBLEM', 'ID'],
        servers.map(({ name, address, state, id }) => [
          name,
          address,
          state.condition,
          instant(state.lastMessageAt),
          state.problem?.title ?? null,
          id,
        ]),
        'There are no incoming email servers yet. See letterbox server add --help.',
      ),
    );
    return 0;
  },
};
