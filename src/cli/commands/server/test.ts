import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { showSteps } from '../../steps.ts';

export const serverTest: Command = {
  name: 'server test',
  summary: 'Tests the connection to an incoming email server, step by step',
  operand: { name: 'SERVER' },
  options: {},
  notes: 'Ends with exit code 1 when a step fails. With --json there is a line for each step.',
  async run(call) {
    const [meant = ''] = call.given.operands;
    const { id } = await find(call, 'server', meant);
    return showSteps(await call.api(), call.out, `/api/servers/${id}/test`, {});
  },
};
