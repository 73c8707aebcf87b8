import { done, notYet, type Step, wrong } from '../step.ts';

export const mailbox: Step = {
  name: 'mailbox',
  title: 'Add the mailbox, and test it',
  instructions: ({ server }) =>
    server
      ? [{ kind: 'page', href: `/servers/${server.id}/edit`, label: 'Change folders and settings' }]
      : [
          {
            kind: 'text',
            text: 'Choose the folders that are read, and what happens to a message once it is here.',
          },
        ],
  async look({ server, eyes }) {
    if (!server) return notYet('It is not added yet');
    const { problem } = await eyes.diagnosis(server);
    return problem ? wrong(problem.title, problem) : done('Mail can be read');
  },
};
