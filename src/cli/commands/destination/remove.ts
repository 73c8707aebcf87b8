import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { isRemovalWanted, removalOptions } from '../../removal.ts';

export const destinationRemove: Command = {
  name: 'destination remove',
  summary: 'Removes a destination with its deliveries',
  operand: { name: 'DESTINATION' },
  options: removalOptions,
  async run(call) {
    const api = await call.api();
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(api, 'destinations', meant);
    if (!(await isRemovalWanted(call, `the destination ${name} and its deliveries`))) return 0;
    await api.request('DELETE', `/api/destinations/${id}`);
    call.out.show({ removed: id }, () => `Removed the destination ${name}.`);
    return 0;
  },
};
