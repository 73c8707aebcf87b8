import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { isRemovalWanted, removalOptions } from '../../removal.ts';

export const outgoingRemove: Command = {
  name: 'outgoing remove',
  summary: 'Removes an outgoing email server with its mails here, sent or not',
  operand: { name: 'OUTGOING' },
  options: removalOptions,
  async run(call) {
    const api = await call.api();
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(api, 'outgoing-servers', meant);
    const what = `the outgoing email server ${name} and its mails, also those not sent yet`;
    if (!(await isRemovalWanted(call, what))) return 0;
    await api.request('DELETE', `/api/outgoing-servers/${id}`);
    call.out.show({ removed: id }, () => `Removed the outgoing email server ${name}.`);
    return 0;
  },
};
