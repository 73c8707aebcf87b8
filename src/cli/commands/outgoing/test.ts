import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { showSteps } from '../../steps.ts';

export const outgoingTest: Command = {
  name: 'outgoing test',
  summary: 'Signs in to an outgoing email server, and sends a test mail if asked to',
  operand: { name: 'OUTGOING' },
  options: { to: { type: 'text', value: 'ADDRESS', summary: 'Also sends a test mail there', field: 'to' } },
  notes: 'Ends with exit code 1 when a step fails. With --json there is a line for each step.',
  async run(call) {
    const [meant = ''] = call.given.operands;
    const { id } = await find(call, 'outgoing-server', meant);
    const to = call.given.text('to');
    return showSteps(
      await call.api(),
      call.out,
      `/api/outgoing-servers/${id}/test`,
      to === undefined ? {} : { to },
    );
  },
};
