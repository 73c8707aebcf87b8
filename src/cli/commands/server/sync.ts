import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { onceServing } from '../../once-serving.ts';

interface Counts {
  stored: number;
  recognised: number;
  waiting: number;
  quarantined: number;
}

export const serverSync: Command = {
  name: 'server sync',
  summary: 'Reads everything that is in a mailbox now, and ends',
  operand: { name: 'SERVER' },
  options: { once: { type: 'flag', summary: 'Once, as it always does; letterbox serve goes on reading' } },
  async run(call) {
    const { given, out } = call;
    const [meant = ''] = given.operands;
    const { id, name } = await find(call, 'server', meant);
    const api = await call.api();
    for await (const line of api.lines<Counts | object>('POST', `/api/servers/${id}/sync`, {}))
      if (isResult(line)) {
        out.show(
          line,
          ({ stored, recognised, waiting, quarantined }) =>
            `${name}: ${stored} stored, ${recognised} recognised, ${waiting} waiting for the mail server, ${quarantined} quarantined`,
        );
        if (line.stored > 0 && !api.running) out.remark(`Deliveries are made${onceServing(api)}.`);
      }
    return 0;
  },
};

/** The line before it only says that it began. */
function isResult(line: Counts | object): line is Counts {
  return 'stored' in line;
}
