import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtIn, resourcesOf } from '../src/adapters.ts';
import { fieldOptions } from '../src/cli/resource/options.ts';
import { type AnyField, type Condition, type Fields, withParts } from '../src/resources/field.ts';
import { fieldsOf, type Kind, kindField, type Resource } from '../src/resources/resource.ts';
import { headingOf } from '../src/resources/titles.ts';
import { askedWhen, takes, withoutIt } from './field-in-words.ts';

const resources: readonly Resource[] = Object.values(resourcesOf(builtIn));
const titleOf = (type: string) => resources.find((one) => one.type === type)?.title ?? type;

/** The page `docs/resources.md`, made from the resources and their kinds. */
export function resourcesReference(): string {
  return `<!-- Made from src/resources/ and the kinds of src/adapters.ts by scripts/resources-reference.ts: change it there. -->

# What an administrator sets up

Everything that is set up is a record of one of these resources. Each field is written down once, in the code; forms, the
API, the command line and this page follow from it.

- **The API** has them as JSON under the address that is given with each: \`GET\` and \`POST\` there, \`GET\`, \`PATCH\` and
  \`DELETE\` below it by id. A change names only what it changes. \`ETag\` is the version of a record; \`If-Match\` refuses a
  change of another one than was seen.
- **The command line** has \`add\`, \`set\`, \`list\`, \`show\` and \`remove\` for each; \`--help\` says the same as this page.
  Records of others are named by name or id.
- **A secret** is sealed, and never shown again. Left empty in a change, the present one stays.
- *In forms* means that only a form asks it, to show what is needed and hide the rest; elsewhere the answer follows from
  what is given.
${resources.map(section).join('')}`;
}

function section(resource: Resource): string {
  const { kind, path, command, single, fields } = resource;
  const choosing: Fields = kind ? { [kind.field]: kindField(kind) } : {};
  const { name, ...others } = fields;
  const answers = Object.entries(fieldsOf(resource)).filter(([, { role }]) => role === 'answer');
  const common = { ...(name && { name }), ...choosing, ...others, ...Object.fromEntries(answers) };
  const own = (kind?.kinds ?? []).filter((one) => Object.keys(one.fields).length > 0);
  return `
## ${headingOf(resource)}

\`/api/${path}\`, \`letterbox ${command}\`.${single ? ' There is one record, always, and it is only changed.' : ''}${kind?.fixed ? ` A record keeps its \`${kind.field}\`.` : ''}

${table(resource, common)}
${own.map((one) => kindSection(resource, one)).join('')}`;
}

function kindSection(resource: Resource, kind: Kind): string {
  return `
### Of the ${resource.kind?.field} \`${kind.name}\`

${kind.label}.${kind.help ? ` ${kind.help}` : ''} It has fields of its own:

${table(resource, kind.fields)}
`;
}

function table(resource: Resource, fields: Fields): string {
  const all = fieldsOf(resource);
  const rows = [...withParts(fields)].map(({ path, field, when }) => row(resource, path, field, when, all));
  return [
    '| field | what it is | takes | without it | asked when |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function row(resource: Resource, path: string, field: AnyField, when: Condition, all: Fields): string {
  const options = optionsOf(resource, path);
  const name = field.role === 'view' ? `*in forms:* \`${path}\`` : `\`${path}\``;
  const cells = [
    [name, ...options.map((option) => `\`${option}\``)].join('<br>'),
    `**${field.label}**${field.help ? `<br>${field.help}` : ''}`,
    takes(field, titleOf),
    withoutIt(field),
    askedWhen(when, all),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** How the command line gives it, to a new record or in a change. */
function optionsOf(resource: Resource, path: string): string[] {
  const all = (['add', 'set'] as const).flatMap((use) =>
    Object.entries(fieldOptions(resource, use, titleOf))
      .filter(([, { field }]) => field === path)
      .map(([name, { type, value }]) => (type === 'flag' ? `--${name}` : `--${name} ${value}`)),
  );
  return [...new Set(all)];
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../docs/resources.md'), resourcesReference());
