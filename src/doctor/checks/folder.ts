import type { Check } from '../check.ts';

export const folderCheck: Check = {
  name: 'folder',
  title: 'The folders are there and can be read',
  async run({ server, inspection, folderProblem }) {
    if (folderProblem) throw folderProblem;
    const { folder, messages, folders } = inspection ?? { folder: '', messages: 0, folders: [] };
    if (folders === null) return `Messages in ${folder}, the one folder that there is: ${messages}`;
    const read = server.folders.join(', ');
    return `Messages in ${folder}: ${messages}; folders in the mailbox: ${folders.length}; folders read: ${read}`;
  },
};
