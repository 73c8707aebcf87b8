import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { onceServing } from '../../once-serving.ts';

export const destinationSwitchOn: Command = {
  name: 'destination switch-on',
  summary: 'Sends again to a destination that answered 410 Gone, also what waits for it',
  operand: { name: 'DESTINATION' },
  options: {},
  async run(call) {
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(call, 'destination', meant);
    const api = await call.api();
    await api.request('POST', `/api/destinations/${id}/switch-on`, {});
    call.out.show({ switchedOn: id }, () => `${name} is sent to again${onceServing(api)}.`);
    return 0;
  },
};
