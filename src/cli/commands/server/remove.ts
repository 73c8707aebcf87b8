import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { isRemovalWanted, removalOptions } from '../../removal.ts';

export const serverRemove: Command = {
  name: 'server remove',
  summary: 'Removes an incoming email server with its messages here; its mailbox stays as it is',
  operand: { name: 'SERVER' },
  options: {
    ...removalOptions,
    'keep-messages': {
      type: 'flag',
      summary: 'Keeps the messages that came through it, and their deliveries',
    },
  },
  async run(call) {
    const api = await call.api();
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(api, 'servers', meant);
    const kept = call.given.flag('keep-messages');
    const what = `the incoming email server ${name}${kept ? '' : ' and all messages that came through it'}`;
    if (!(await isRemovalWanted(call, what))) return 0;
    await api.request('DELETE', `/api/servers/${id}${kept ? '?keepMessages=true' : ''}`);
    call.out.show({ removed: id }, () => `Removed the incoming email server ${name}.`);
    return 0;
  },
};
