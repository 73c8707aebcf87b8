import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { showSteps } from '../../steps.ts';

export const outgoingTest: Command = {
  name: 'outgoing test',
  summary: 'Signs in to an outgoing email server, and sends a test mail if asked to',
  operand: { name: 'OUTGOING' },
  options: { to: { type: 'text', value: 'ADDRESS', summary: 'Also sends a test mail there', field: 'to' } },
  notes: 'Ends with exit code 1 when a step fails. With --json there is a line for each step.',
  async run({ api: connect, given, out }) {
    const api = await connect();
    const [meant = ''] = given.operands;
    const { id } = await find(api, 'outgoing-servers', meant);
    const to = given.text('to');
    return showSteps(api, out, `/api/outgoing-servers/${id}/test`, to === undefined ? {} : { to });
  },
};
