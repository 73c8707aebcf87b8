import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { onceServing } from '../../once-serving.ts';

export const serverResume: Command = {
  name: 'server resume',
  summary: 'Goes on reading a mailbox',
  operand: { name: 'SERVER' },
  options: {},
  async run(call) {
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(call, 'server', meant);
    const api = await call.api();
    await api.request('POST', `/api/servers/${id}/resume`, {});
    call.out.show({ resumed: id }, () => `${name} is read again${onceServing(api)}.`);
    return 0;
  },
};
