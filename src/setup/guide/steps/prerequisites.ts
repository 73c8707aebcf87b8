import { Problem } from '../../../model/problem.ts';
import { done, type Step, wrong } from '../step.ts';

/** The machine, before anything is done in Azure. */
export const prerequisites: Step = {
  name: 'prerequisites',
  title: 'Before you begin',
  instructions: ({ hosts, own, guide }) => [
    { kind: 'text', text: 'Letterbox must reach these hosts; a firewall or proxy has to let them through:' },
    { kind: 'commands', commands: hosts.map(({ host, port }) => `${host}:${port}`) },
    ...(own.isSet
      ? []
      : [
          {
            kind: 'text' as const,
            text: 'Letterbox does not know by which address it is opened. Set publicUrl in its configuration and start it again: the redirect URI is made from it.',
          },
          { kind: 'commands' as const, commands: ['publicUrl: https://letterbox.contoso.com'] },
        ]),
    ...(guide.provider === 'microsoft'
      ? [
          {
            kind: 'text' as const,
            text: 'At Microsoft you need the role Application Administrator or Cloud Application Administrator, and for consent that of a Privileged Role Administrator or Global Administrator. It cannot be seen from here: look under your account in the Microsoft Entra admin center > Roles & admins.',
          },
        ]
      : []),
  ],
  async look({ hosts, eyes, own, guide }, signal) {
    const looked = await Promise.allSettled(hosts.map(({ host, port }) => eyes.host(host, port, signal)));
    const failed = looked.flatMap((one) => (one.status === 'rejected' ? [Problem.from(one.reason)] : []));
    const [problem] = failed;
    if (problem) return wrong(`${failed.length} of ${hosts.length} hosts cannot be reached`, problem);
    const reached = hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
    if (guide.grant !== 'authorization_code') return done(`Reached: ${reached}`);
    if (!own.isSet) return wrong('publicUrl is not set: the redirect URI would lead to localhost');
    return done(`Reached: ${reached}. ${await eyes.ownAddress(signal)}`);
  },
};
