import type { Command } from '../../command.ts';
import { find } from '../../find.ts';

export const serverPause: Command = {
  name: 'server pause',
  summary: 'Stops reading a mailbox until it is resumed',
  operand: { name: 'SERVER' },
  options: {},
  async run(call) {
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(call, 'server', meant);
    const api = await call.api();
    await api.request('POST', `/api/servers/${id}/pause`, {});
    call.out.show({ paused: id }, () => `${name} is paused.`);
    return 0;
  },
};
