import type { Resource } from '../../resources/resource.ts';
import { withArticle } from '../../resources/titles.ts';
import type { Command } from '../command.ts';
import { factsOf } from './facts.ts';
import { operandOf, presentOf } from './record.ts';

export function showCommand(resource: Resource): Command {
  const { title, command, single } = resource;
  return {
    name: `${command} show`,
    summary: `Shows ${single ? `the ${title}` : withArticle(title)}, without secrets`,
    ...(!single && { operand: operandOf(resource) }),
    options: {},
    async run(call) {
      const record = await presentOf(call, resource);
      const facts = await factsOf(call, resource, record);
      call.out.show(record, () => facts);
      return 0;
    },
  };
}
