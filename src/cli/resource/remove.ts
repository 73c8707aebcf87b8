import type { Resource } from '../../resources/resource.ts';
import { withArticle } from '../../resources/titles.ts';
import { usageProblem } from '../arguments.ts';
import type { Call, Command, Options } from '../command.ts';
import { findAny } from '../find.ts';
import { canAsk, confirm } from '../prompt.ts';
import { operandOf } from './record.ts';

export function removeCommand(resource: Resource): Command {
  const { title, command, path, type, removal } = resource;
  return {
    name: `${command} remove`,
    summary: `Removes ${withArticle(title)}`,
    notes: removal.consequence,
    operand: operandOf(resource),
    options: optionsOf(resource),
    async run(call) {
      const [meant = ''] = call.given.operands;
      const { id, name } = await findAny(call, type, meant);
      const kept = call.given.flag('keep-messages');
      const consequence = kept ? removal.keepingMessages : removal.consequence;
      if (!(await isRemovalWanted(call, `Remove ${removal.what} ${name}? ${consequence}`))) return 0;
      const api = await call.api();
      await api.request('DELETE', `/api/${path}/${id}${kept ? '?keepMessages=true' : ''}`);
      call.out.show({ removed: id }, () => `Removed the ${title} ${name}.`);
      return 0;
    },
  };
}

function optionsOf({ removal }: Resource): Options {
  const { keepingMessages } = removal;
  return {
    yes: { type: 'flag', summary: 'Does it without asking' },
    ...(keepingMessages !== undefined && {
      'keep-messages': { type: 'flag', summary: keepingMessages.replace(/\.$/, '') },
    }),
  };
}

/** Whether it shall be removed: `--yes`, or a person at the terminal says so. Elsewhere `--yes` must be given. */
async function isRemovalWanted(call: Call, question: string): Promise<boolean> {
  if (call.given.flag('yes')) return true;
  if (!canAsk(call))
    throw usageProblem(
      [{ field: '--yes', expected: 'must be given where nobody can be asked' }],
      call.command.name,
    );
  if (await confirm(call, question)) return true;
  call.out.remark('Nothing was removed.');
  return false;
}
