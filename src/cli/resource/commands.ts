import type { Resource } from '../../resources/resource.ts';
import type { Command } from '../command.ts';
import { addCommand } from './add.ts';
import { listCommand } from './list.ts';
import { removeCommand } from './remove.ts';
import { setCommand } from './set.ts';
import { showCommand } from './show.ts';

/** What can be done with each resource; `others` by type, what only some can do. */
export function resourceCommands(
  resources: readonly Resource[],
  others: Readonly<Record<string, Command[]>>,
): Command[] {
  const titleOf = (type: string) => resources.find((one) => one.type === type)?.title ?? type;
  return resources.flatMap((resource) => {
    const own = others[resource.type] ?? [];
    if (resource.single) return [showCommand(resource), setCommand(resource, titleOf), ...own];
    return [
      addCommand(resource, titleOf),
      setCommand(resource, titleOf),
      listCommand(resource),
      showCommand(resource),
      ...own,
      removeCommand(resource),
    ];
  });
}
