import type { Check } from '../check.ts';

export const folderCheck: Check = {
  name: 'folder',
  title: 'The folders are there and can be read',
  async run({ server, inspection, folderProblem }) {
    if (folderProblem) throw folderProblem;
    const all = inspection?.folders.length ?? 0;
    const read = server.folders.join(', ');
    return `${inspection?.folder} has ${inspection?.messages} messages; the mailbox has ${all} folders, read are: ${read}`;
  },
};
