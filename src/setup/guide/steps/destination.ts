import { done, notYet, type Step } from '../step.ts';

export const destination: Step = {
  name: 'destination',
  title: 'Where the mail goes',
  instructions: () => [
    {
      kind: 'text',
      text: 'A destination takes each message: a webhook, or a forward to another address. Until there is one, messages are kept here.',
    },
    { kind: 'page', href: '/destinations/new', label: 'Add a destination' },
  ],
  async look({ server, eyes }) {
    if (!server) return notYet('First the mailbox is added');
    const names = await eyes.destinations(server);
    return names.length === 0 ? notYet('No destination takes its mail yet') : done(names.join(', '));
  },
};
