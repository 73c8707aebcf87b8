import type { Quarantined } from '../../../model/message.ts';
import type { Command } from '../../command.ts';
import { namesById } from '../../find.ts';
import { instant, table } from '../../output.ts';

export const quarantineList: Command = {
  name: 'quarantine list',
  summary: 'Lists messages that could not be taken the normal way',
  options: {},
  async run(call) {
    const api = await call.api();
    const entries = await api.request<Quarantined[]>('GET', '/api/quarantine');
    const serverName = await namesById(call, 'server');
    call.out.show(entries, () =>
      table(
        ['SINCE', 'STATE', 'SERVER', 'FOLDER', 'UID', 'PROBLEM', 'ID'],
        entries.map(({ quarantinedAt, state, serverId, position, problem, id }) => [
          instant(quarantinedAt),
          state,
          serverName(serverId),
          position.folder,
          position.uid,
          problem.title,
          id,
        ]),
        'The quarantine is empty.',
      ),
    );
    return 0;
  },
};
