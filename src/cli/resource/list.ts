import type { Resource } from '../../resources/resource.ts';
import type { Command } from '../command.ts';
import { listOf, unreadableOf } from '../find.ts';
import { tableOf } from './columns.ts';

export function listCommand(resource: Resource): Command {
  const { title, command, type } = resource;
  return {
    name: `${command} list`,
    summary: `Lists the ${title}s`,
    options: {},
    async run(call) {
      const records = await listOf(call, type);
      const rows = await tableOf(call, resource, records);
      call.out.show(records, () => rows);
      for (const { name, id, problem } of await unreadableOf(await call.api(), resource))
        call.out.remark(`${name} (${id}): ${problem.title}. ${problem.remedy}`);
      return 0;
    },
  };
}
