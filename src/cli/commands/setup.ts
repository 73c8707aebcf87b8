import { type Guide, guideFields } from '../../resources/guide.ts';
import type { StandingStep } from '../../setup/guide/index.ts';
import type { Instruction } from '../../setup/guide/step.ts';
import type { Call, Command } from '../command.ts';
import type { Api } from '../connect.ts';
import { listOf } from '../find.ts';

const option = (summary: string, value: string, field: string) => ({
  type: 'text' as const,
  value,
  summary,
  field,
});

/** The set-up guide in a terminal: what is to be done in Azure and here, with how each step stands. */
export const setup: Command = {
  name: 'setup',
  summary: 'The set-up guide: every step in Azure and here, with its values and how it stands',
  operand: { name: 'MAILBOX', optional: true },
  options: {
    address: option('Begins the set-up of this mailbox', 'ADDRESS', 'address'),
    name: option('As the mailbox will be called here; its address by default', 'NAME', 'name'),
    provider: option(guideFields.provider.label, 'PROVIDER', 'provider'),
    protocol: option(guideFields.protocol.label, 'PROTOCOL', 'protocol'),
    grant: option(guideFields.grant.label, 'GRANT', 'grant'),
    shared: { type: 'flag', summary: guideFields.shared.label, field: 'shared' },
  },
  notes:
    'MAILBOX is the name of a set-up that was begun, of an incoming email server or of a credential profile; without it every set-up is listed. Ends with exit code 1 when a step is wrong.',
  async run(call) {
    const api = await call.api();
    const { given, out } = call;
    const address = given.text('address');
    if (address !== undefined) return show(call, api, (await begin(call, api, address)).id);
    const [meant] = given.operands;
    if (meant !== undefined) return show(call, api, await idOf(call, api, meant));
    out.show(await api.request<Guide[]>('GET', '/api/guide'), (all) =>
      all.length === 0
        ? 'No set-up was begun. Begin one with: letterbox setup --address support@contoso.com'
        : all.map(({ name, address: of }) => `${name}  ${of}`).join('\n'),
    );
    return 0;
  },
};

function begin({ given }: Call, api: Api, address: string): Promise<Guide> {
  const chosen = ['provider', 'protocol', 'grant'].flatMap((name) => {
    const value = given.text(name);
    return value === undefined ? [] : [[name, value]];
  });
  return api.request('POST', '/api/guide', {
    name: given.text('name') ?? address,
    address,
    shared: given.flag('shared'),
    ...Object.fromEntries(chosen),
  });
}

/** The server itself says where there is none of that name. */
async function idOf(call: Call, api: Api, meant: string): Promise<string> {
  const all = [
    ...(await api.request<Guide[]>('GET', '/api/guide')),
    ...(await listOf(call, 'server')),
    ...(await listOf(call, 'profile')),
  ];
  const found = all.find(({ id, name }) => id === meant || name.toLowerCase() === meant.toLowerCase());
  return found?.id ?? meant;
}

async function show({ out }: Call, api: Api, id: string): Promise<number> {
  const steps = await api.request<StandingStep[]>('GET', `/api/guide/${encodeURIComponent(id)}`);
  out.show(steps, (all) => all.map(stepForPeople).join('\n\n'));
  return steps.some(({ state }) => state === 'wrong') ? 1 : 0;
}

const marks: Record<StandingStep['state'], string> = { done: '✔', 'not-yet': '·', wrong: '✘', unseen: '?' };

function stepForPeople({ title, state, detail, instructions, problem }: StandingStep, at: number): string {
  return [
    `${marks[state]} ${at + 1}. ${title}: ${detail}`,
    ...(problem
      ? [`  Why: ${problem.cause ?? problem.detail ?? problem.title}`, `  What to do: ${problem.remedy}`]
      : []),
    ...(state === 'done' ? [] : instructions.flatMap(instructionForPeople).map((line) => `  ${line}`)),
  ].join('\n');
}

function instructionForPeople(instruction: Instruction): string[] {
  switch (instruction.kind) {
    case 'text':
      return [instruction.text];
    case 'path':
      return [instruction.path.join(' > ')];
    case 'value':
      return [`${instruction.label}: ${instruction.value}`];
    case 'commands':
      return instruction.commands.map((command) => `  ${command}`);
    case 'page':
      return [`In the console: ${instruction.label} (${instruction.href})`];
  }
}
