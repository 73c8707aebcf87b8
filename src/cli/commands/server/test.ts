import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { showSteps } from '../../steps.ts';

export const serverTest: Command = {
  name: 'server test',
  summary: 'Tests the connection to an incoming email server, step by step',
  operand: { name: 'SERVER' },
  options: {},
  notes: 'Ends with exit code 1 when a step fails. With --json there is a line for each step.',
  async run({ api: connect, given, out }) {
    const api = await connect();
    const [meant = ''] = given.operands;
    const { id } = await find(api, 'servers', meant);
    return showSteps(api, out, `/api/servers/${id}/test`, {});
  },
};
