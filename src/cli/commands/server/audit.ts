import type { MailboxAudit, MailboxFigures } from '../../../model/mail-server.ts';
import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { instant } from '../../output.ts';

type Figures = MailboxFigures & { audit: MailboxAudit | null };

export const serverAudit: Command = {
  name: 'server audit',
  summary: 'Shows what has become of the mail of a mailbox; compares all of it with --now',
  operand: { name: 'SERVER' },
  options: {
    now: {
      type: 'flag',
      summary: 'Compares all that the mailbox lists with what is stored, and reads what is missing',
    },
  },
  async run(call) {
    const { given, out } = call;
    const [meant = ''] = given.operands;
    const { id, name } = await find(call, 'server', meant);
    const api = await call.api();
    const path = `/api/servers/${id}/audit`;
    const figures = given.flag('now')
      ? await auditNow(api.lines<Figures | object>('POST', path, {}))
      : await api.request<Figures>('GET', path);
    out.show(figures, () => render(name, figures));
    return 0;
  },
};

/** The line before it only says that it began. */
async function auditNow(lines: AsyncIterable<Figures | object>): Promise<Figures> {
  for await (const line of lines) if ('stored' in line) return line;
  throw new Error('the audit ended without its figures');
}

function render(
  name: string,
  { audit, stored, waiting, quarantined, delivered, pending, dead }: Figures,
): string {
  const compared = audit
    ? `${audit.inMailbox} in the mailbox, ${audit.missing} of them were missing here and were asked for (${instant(audit.auditedAt)})`
    : 'not compared yet: it is done once a day, and at once with --now';
  return [
    `${name}: ${compared}`,
    `${stored} stored, ${waiting} waiting for the mail server, ${quarantined} in quarantine`,
    `${delivered} deliveries made, ${pending} pending, ${dead} given up`,
  ].join('\n');
}
