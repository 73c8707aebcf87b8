import { usageProblem } from '../../arguments.ts';
import type { Call, Command, Options } from '../../command.ts';
import { findByOption } from '../../find.ts';
import { onceServing } from '../../once-serving.ts';

const options: Options = {
  dead: { type: 'flag', summary: 'All that are dead letters, instead of some by their ids' },
  destination: {
    type: 'text',
    value: 'DESTINATION',
    summary: 'With --dead: only those to this destination',
    field: 'destinationId',
  },
};

export const deliveriesReplay: Command = {
  name: 'deliveries replay',
  summary: 'Makes deliveries again, each under an id of its own that names the first',
  operand: { name: 'DELIVERY', multiple: true, optional: true },
  options,
  async run(call) {
    assertOneChoice(call);
    const api = await call.api();
    const result = await api.request<{ replayed: number }>(
      'POST',
      '/api/deliveries/replay',
      await choice(call),
    );
    call.out.show(
      result,
      ({ replayed }) =>
        `${replayed} ${replayed === 1 ? 'delivery is' : 'deliveries are'} made again${onceServing(api)}.`,
    );
    return 0;
  },
};

function assertOneChoice({ command, given }: Call): void {
  const some = given.operands.length > 0;
  const dead = given.flag('dead');
  if (some === dead)
    throw usageProblem(
      [{ field: 'DELIVERY', expected: 'must be given, or --dead instead for all dead letters' }],
      command.name,
    );
  if (!dead && given.flag('destination'))
    throw usageProblem([{ field: '--destination', expected: 'may be given with --dead only' }], command.name);
}

async function choice(call: Call): Promise<object> {
  if (!call.given.flag('dead')) return { ids: call.given.operands };
  return { state: 'dead', destinationId: await findByOption(call, 'destination', 'destination') };
}
