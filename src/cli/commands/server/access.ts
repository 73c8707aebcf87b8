import type { RestrictionProof } from '../../../model/mail-server.ts';
import type { SetupStep } from '../../../setup/exchange-access.ts';
import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { instant } from '../../output.ts';

interface Access {
  setup: SetupStep[];
  restriction: RestrictionProof | null;
}

export const serverAccess: Command = {
  name: 'server access',
  summary: 'Shows how an app is given access to the mailbox, or proves that it reaches no other',
  operand: { name: 'SERVER' },
  options: {
    'prove-with': {
      type: 'text',
      value: 'ADDRESS',
      summary: 'Tries to open this other mailbox, which must be refused',
      field: 'mailbox',
    },
  },
  notes: 'With --prove-with it ends with exit code 1 unless the other mailbox was refused.',
  async run(call) {
    const { given, out } = call;
    const [meant = ''] = given.operands;
    const { id } = await find(call, 'server', meant);
    const api = await call.api();
    const mailbox = given.text('prove-with');
    if (mailbox === undefined) {
      out.show(await api.request<Access>('GET', `/api/servers/${id}/access`), accessForPeople);
      return 0;
    }
    const proof = await api.request<RestrictionProof>('POST', `/api/servers/${id}/access/proof`, { mailbox });
    out.show(proof, proofForPeople);
    return proof.outcome === 'refused' ? 0 : 1;
  },
};

function accessForPeople({ setup, restriction }: Access): string {
  const steps = setup.map(({ title, why, commands }) =>
    [`# ${title}`, `# ${why}`, ...commands, ''].join('\n'),
  );
  const proof = restriction ? proofForPeople(restriction) : 'It was never proven. Use --prove-with ADDRESS.';
  return [...steps, proof].join('\n');
}

const outcomes = {
  refused: 'was refused, as it must be',
  open: 'COULD BE READ',
  unclear: 'could not be tried to the end',
} satisfies Record<RestrictionProof['outcome'], string>;

function proofForPeople({ mailbox, outcome, detail, checkedAt }: RestrictionProof): string {
  return `${instant(checkedAt)}: ${mailbox} ${outcomes[outcome]}. ${detail}`;
}
