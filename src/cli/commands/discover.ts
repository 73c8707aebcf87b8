import type { Conflict, Discovery } from '../../discovery/discovery.ts';
import { capitalised } from '../../resources/titles.ts';
import type { Call, Command } from '../command.ts';
import { table } from '../output.ts';
import { told } from '../resource/found-settings.ts';

export const discover: Command = {
  name: 'discover',
  summary: 'Finds the settings of a mailbox by its address, and says from where each is known',
  operand: { name: 'ADDRESS' },
  options: {
    protocol: {
      type: 'text',
      value: 'PROTOCOL',
      summary: 'That mail is to be read by; by default the best that is found',
      field: 'protocol',
    },
  },
  notes:
    'Looks in the DNS, at Microsoft, at the domain itself and in Thunderbird’s database, which are told the domain; the domain’s own servers the address. Signs in to nothing and changes nothing. Ends with exit code 1 when nothing is found.',
  async run(call) {
    const { given, out } = call;
    const [address = ''] = given.operands;
    const protocol = given.text('protocol');
    const query = new URLSearchParams({ address, ...(protocol !== undefined && { protocol }) });
    const found = await (await call.api()).request<Discovery>('GET', `/api/discovery?${query}`);
    out.show(found, () => forPeople(found, call));
    return Object.values(found.settings).flat().length > 0 ? 0 : 1;
  },
};

function forPeople({ summary, remarks, conflicts, settings, evidence }: Discovery, call: Call): string {
  const byResource = call.resources.flatMap((resource) => {
    const found = settings[resource.type] ?? [];
    return found.length === 0 ? [] : ['', `${capitalised(resource.title)}:`, ...told(resource, found)];
  });
  const looked = evidence.map(({ from, state, detail }) => [from, state, detail]);
  return [
    summary,
    ...remarks,
    ...conflicts.map(conflictText),
    ...byResource,
    '',
    table(['LOOKED AT', 'STATE', 'WHAT IT SAYS'], looked, ''),
  ].join('\n');
}

function conflictText({ what, taken, others }: Conflict): string {
  const also = others.map(({ value, from }) => `${value} (${from})`).join(', ');
  return `${what}: ${taken.value} (${taken.from}) was taken; ${also} would be another.`;
}
