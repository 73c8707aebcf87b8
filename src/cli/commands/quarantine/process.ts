import type { Command } from '../../command.ts';

export const quarantineProcess: Command = {
  name: 'quarantine process',
  summary: 'Takes a quarantined message again, the normal way',
  operand: { name: 'ENTRY' },
  options: {},
  async run({ api, given, out }) {
    const [id = ''] = given.operands;
    await (await api()).request('POST', `/api/quarantine/${encodeURIComponent(id)}/process`, {});
    out.show({ processed: id }, () => `${id} was taken.`);
    return 0;
  },
};
