import { invalidInput } from '../../model/problem.ts';
import { fieldsOf, type Json, type Resource, type ResourceRecord } from '../../resources/resource.ts';
import { withArticle } from '../../resources/titles.ts';
import { usageProblem } from '../arguments.ts';
import type { Call, Command, Options } from '../command.ts';
import { factsOf } from './facts.ts';
import { inputOf } from './input.ts';
import { type FieldOptions, fieldOptions } from './options.ts';
import { operandOf, presentOf } from './record.ts';
import { nameByIds } from './references.ts';
import type { TitleOf } from './summary.ts';
import { readTyped } from './typed.ts';

const versionOptions = {
  'if-version': {
    type: 'text',
    value: 'NUMBER',
    summary: 'Only while it is at this version, as show prints it; else you are told what has changed since',
  },
} satisfies Options;

export function setCommand(resource: Resource, titleOf: TitleOf): Command {
  const { title, command, single } = resource;
  const options = fieldOptions(resource, 'set', titleOf);
  return {
    name: `${command} set`,
    summary: `Changes ${single ? `the ${title}` : withArticle(title)}; what is not given stays as it is`,
    ...(!single && { operand: operandOf(resource) }),
    options: { ...options, ...(single && offOptions(resource)), ...versionOptions },
    notes: 'An empty value, as in --option=, clears what need not be there.',
    async run(call) {
      assertSomething(call, options);
      const ifMatch = versionSeen(call);
      const typed = await readTyped(call, resource, options, 'set');
      const present = await presentOf(call, resource);
      await nameByIds(call, resource, options, typed, 'set');
      const change =
        call.given.flag('off') && single ? nothingOf(resource) : inputOf(resource, typed, present);
      const api = await call.api();
      const record = await api.request<ResourceRecord>(
        'PATCH',
        addressOf(resource, present),
        change,
        ifMatch,
      );
      const text = single
        ? await factsOf(call, resource, record)
        : `Changed the ${title} ${record.name} (${record.id}), now at version ${record.version}.`;
      call.out.show(record, () => text);
      return 0;
    },
  };
}

/** Of what there is always one, no removal tells that there shall be nothing. */
function offOptions({ removal }: Resource): Options {
  return { off: { type: 'flag', summary: removal.consequence.replace(/\.$/, '') } };
}

/** Every field as it is where nothing is said. */
function nothingOf(resource: Resource): Json {
  const stored = Object.entries(fieldsOf(resource)).filter(([, { role }]) => role === 'stored');
  return Object.fromEntries(stored.map(([name, { fallback }]) => [name, fallback]));
}

function assertSomething({ command, given }: Call, options: FieldOptions): void {
  const named = Object.keys(options).filter((option) => given.flag(option));
  const off = Object.hasOwn(command.options, 'off');
  if (off && given.flag('off') === named.length > 0)
    throw usageProblem([{ field: '--off', expected: 'either this or what is to change' }], command.name);
  if (!off && named.length === 0)
    throw usageProblem([{ field: 'OPTION', expected: 'must be given: what is to change' }], command.name);
}

/** RFC 9110 13.1.1 */
function versionSeen({ given }: Call): Record<string, string> {
  const version = given.text('if-version');
  if (version === undefined) return {};
  if (!/^\d{1,15}$/.test(version))
    throw invalidInput([{ field: '--if-version', expected: 'a version such as 3', given: version }]);
  return { 'if-match': `"${version}"` };
}

function addressOf({ path, single }: Resource, { id }: ResourceRecord): string {
  return single ? `/api/${path}` : `/api/${path}/${id}`;
}
