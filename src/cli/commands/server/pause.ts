import type { Command } from '../../command.ts';
import { find } from '../../find.ts';

export const serverPause: Command = {
  name: 'server pause',
  summary: 'Stops reading a mailbox until it is resumed',
  operand: { name: 'SERVER' },
  options: {},
  async run({ api: connect, given, out }) {
    const api = await connect();
    const [meant = ''] = given.operands;
    const { id, name } = await find(api, 'servers', meant);
    await api.request('POST', `/api/servers/${id}/pause`, {});
    out.show({ paused: id }, () => `${name} is paused.`);
    return 0;
  },
};
