import type { Command } from '../../command.ts';

export const quarantineDismiss: Command = {
  name: 'quarantine dismiss',
  summary: 'Ends an entry of the quarantine',
  operand: { name: 'ENTRY' },
  options: {},
  async run({ api, given, out }) {
    const [id = ''] = given.operands;
    await (await api()).request('POST', `/api/quarantine/${encodeURIComponent(id)}/dismiss`, {});
    out.show({ dismissed: id }, () => `${id} is no longer in quarantine.`);
    return 0;
  },
};
