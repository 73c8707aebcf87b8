import { done, notYet, type Step } from '../step.ts';

export const firstMail: Step = {
  name: 'first-mail',
  title: 'The first mail',
  instructions: ({ guide, server }) => [
    { kind: 'text', text: `Send a mail to ${guide.address}. It is here within seconds.` },
    ...(server
      ? [{ kind: 'page' as const, href: `/messages?server=${server.id}`, label: 'See the messages' }]
      : []),
  ],
  async look({ server, eyes }) {
    if (!server) return notYet('First the mailbox is added');
    const count = await eyes.messages(server);
    return count === 0 ? notYet('None has come yet') : done(`${count} ${count === 1 ? 'is' : 'are'} here`);
  },
};
