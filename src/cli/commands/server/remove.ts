import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { isRemovalWanted, removalOptions } from '../../removal.ts';

export const serverRemove: Command = {
  name: 'server remove',
  summary: 'Removes an incoming email server with its messages here; its mailbox stays as it is',
  operand: { name: 'SERVER' },
  options: removalOptions,
  async run(call) {
    const api = await call.api();
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(api, 'servers', meant);
    const what = `the incoming email server ${name} and all messages that came through it`;
    if (!(await isRemovalWanted(call, what))) return 0;
    await api.request('DELETE', `/api/servers/${id}`);
    call.out.show({ removed: id }, () => `Removed the incoming email server ${name}.`);
    return 0;
  },
};
