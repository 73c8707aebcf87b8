import { done, notYet, type Step, unseen, wrong } from '../step.ts';

/** What an Exchange administrator does for an app by itself. */
export const exchange: Step = {
  name: 'exchange',
  title: 'Exchange Online: this mailbox, and no other',
  concerns: ({ guide }) => guide.provider === 'microsoft' && guide.grant === 'client_credentials',
  instructions: ({ exchange: steps, server }) => [
    ...steps.flatMap(({ title, why, commands }) => [
      { kind: 'text' as const, text: `${title}. ${why}` },
      { kind: 'commands' as const, commands },
    ]),
    ...(server
      ? [
          {
            kind: 'page' as const,
            href: `/servers/${server.id}/access`,
            label: 'Prove that no other mailbox is opened',
          },
        ]
      : []),
  ],
  async look({ server, eyes }) {
    if (!server) return notYet('It is seen once the mailbox is added');
    const { problem } = await eyes.diagnosis(server);
    if (problem?.kind === 'denied' || problem?.kind === 'sign-in') return wrong(problem.title, problem);
    if (problem) return notYet(`It cannot be judged yet: ${problem.title}`);
    const proof = await eyes.proof(server);
    if (!proof) return unseen('The mailbox is opened. Whether others are too is seen when you prove it');
    return proof.outcome === 'refused'
      ? done(`The mailbox is opened, and ${proof.mailbox} was refused`)
      : wrong(`${proof.mailbox}: ${proof.detail}`);
  },
};
