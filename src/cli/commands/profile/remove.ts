import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { isRemovalWanted, removalOptions } from '../../removal.ts';

export const profileRemove: Command = {
  name: 'profile remove',
  summary: 'Removes a credential profile that no server uses, with its tokens',
  operand: { name: 'PROFILE' },
  options: removalOptions,
  async run(call) {
    const api = await call.api();
    const [meant = ''] = call.given.operands;
    const { id, name } = await find(api, 'profiles', meant);
    if (!(await isRemovalWanted(call, `the credential profile ${name}`))) return 0;
    await api.request('DELETE', `/api/profiles/${id}`);
    call.out.show({ removed: id }, () => `Removed the credential profile ${name}.`);
    return 0;
  },
};
