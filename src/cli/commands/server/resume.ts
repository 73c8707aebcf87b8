import type { Command } from '../../command.ts';
import { onceServing } from '../../connect.ts';
import { find } from '../../find.ts';

export const serverResume: Command = {
  name: 'server resume',
  summary: 'Goes on reading a mailbox',
  operand: { name: 'SERVER' },
  options: {},
  async run({ api: connect, given, out }) {
    const api = await connect();
    const [meant = ''] = given.operands;
    const { id, name } = await find(api, 'servers', meant);
    await api.request('POST', `/api/servers/${id}/resume`, {});
    out.show({ resumed: id }, () => `${name} is read again${onceServing(api)}.`);
    return 0;
  },
};
