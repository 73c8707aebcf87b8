import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

const mostShown = 50;

export const foldersCheck: Check<Examination> = {
  name: 'folders',
  title: 'The folders are there',
  needs: ['sign-in'],
  async run({ subject: { server }, inspection, folderProblem }) {
    if (folderProblem) throw folderProblem;
    const { folder, messages, folders } = inspection ?? { folder: '', messages: 0, folders: [] };
    if (folders === null)
      return { detail: `Messages in ${folder}, the one folder that there is: ${messages}` };
    return {
      detail: `Messages in ${folder}: ${messages}; folders read: ${server.folders.join(', ')}`,
      evidence: [
        { label: 'Folders in the mailbox', value: String(folders.length) },
        { label: 'They are', value: folders.slice(0, mostShown).join(', ') },
      ],
    };
  },
};
