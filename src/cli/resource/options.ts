import { type AnyField, withParts } from '../../resources/field.ts';
import { fieldsOf, type Resource } from '../../resources/resource.ts';
import type { Option } from '../command.ts';
import { optionOf } from './option-name.ts';
import { inSentence, summaryOf, type TitleOf, type Use } from './summary.ts';

/** An option that gives a field, or a part of one. */
export interface FieldOption extends Option {
  /** Path of the field: `host`, `afterIntake.folder`. */
  field: string;
  /** Where the value is: on the command line, in a file, on standard input; or which way a tick is set. */
  from: 'line' | 'file' | 'stdin' | 'on' | 'off';
}

export type FieldOptions = Record<string, FieldOption>;

/** The options of a resource, made from its fields and those of its kinds. */
export function fieldOptions(resource: Resource, use: Use, titleOf: TitleOf): FieldOptions {
  const fields = fieldsOf(resource);
  const all = [...withParts(fields)].flatMap(({ path, field }) => {
    const name = optionOf(path, field);
    const isFixed = use === 'set' && resource.kind?.fixed && path === resource.kind.field;
    if (name === null || isFixed) return [];
    const summary = summaryOf(fields, path, field, use, titleOf);
    if (field.control.kind === 'tick') return tickOptions(name, path, field, use, summary);
    if (field.fromFile !== undefined) return fileOptions(name, path, field, summary);
    if (field.role === 'secret') return secretOptions(name, path, field, summary);
    const option: FieldOption = {
      type: 'text',
      value: valueName(field),
      summary,
      field: path,
      from: 'line',
      ...(isSeveral(field) && { multiple: true }),
      ...(use === 'add' && isRequired(path, field) && { required: true }),
    };
    return [[name, option] as const];
  });
  return Object.fromEntries(all);
}

/** Whether it takes any number of values. */
export function isSeveral({ control }: AnyField): boolean {
  return (
    ['ticks', 'references'].includes(control.kind) || (control.kind === 'area' && control.lines === true)
  );
}

type Named = readonly [name: string, option: FieldOption];

/** A new record is given only what differs from the usual; a change sets it either way. */
function tickOptions(
  name: string,
  field: string,
  { label, fallback, role }: AnyField,
  use: Use,
  summary: string,
): Named[] {
  const no = `${label}: no`;
  const on: Named = [name, { type: 'flag', summary, field, from: 'on' }];
  const off: Named = [`no-${name}`, { type: 'flag', summary: no, field, from: 'off' }];
  if (role === 'answer') return [on];
  if (use === 'set') return [on, off];
  return fallback ? [[off[0], { ...off[1], summary: summary.replace(label, no) }]] : [on];
}

function fileOptions(
  name: string,
  field: string,
  { secondFile, ...one }: AnyField,
  summary: string,
): Named[] {
  const option = { type: 'text', value: valueName(one), field, from: 'file' } as const;
  return [
    [name, { ...option, summary }],
    ...(secondFile ? [[secondFile.option, { ...option, summary: secondFile.help }] as const] : []),
  ];
}

/** Ways to give a secret, the safe ones first. */
function secretOptions(name: string, field: string, one: AnyField, summary: string): Named[] {
  const what = inSentence(one.label);
  return [
    [`${name}-file`, { type: 'text', value: 'FILE', summary, field, from: 'file' }],
    [
      `${name}-stdin`,
      { type: 'flag', summary: `Reads the ${what} from standard input`, field, from: 'stdin' },
    ],
    [
      name,
      {
        type: 'text',
        value: valueName(one),
        summary: `The ${what} itself; other users of the machine and the shell’s history may see it`,
        field,
        from: 'line',
      },
    ],
  ];
}

function valueName({ placeholder }: Pick<AnyField, 'placeholder'>): string {
  return placeholder ?? 'VALUE';
}

/** Whether every new record must be given it. What another field decides, and a secret, is not asked for here. */
function isRequired(path: string, { role, required, fallback, follows, when }: AnyField): boolean {
  const isNeeded = required || (fallback === undefined && follows === undefined);
  return role === 'stored' && isNeeded && !when && !path.includes('.');
}
