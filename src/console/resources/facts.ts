import { html } from 'hono/html';
import { type AnyField, type Fields, isShown } from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, kindOf, type Resource } from '../../resources/resource.ts';
import { code } from '../components/code.ts';
import { withInstants } from '../components/moment.ts';
import { type Cell, facts } from '../components/table.ts';
import type { Html } from '../html.ts';
import { linkTo, type References, typeOf } from './references.ts';
import { sectionsOf } from './sections.ts';

type Fact = [label: string, value: Cell];

/** What a record says, under the headings of its form; what its choices hide is left out, and so are `apart`. */
export function recordFacts(resource: Resource, record: Json, references: References, apart: string[]): Html {
  const fields = fieldsOf(resource, kindOf(resource, record));
  const given = (path: string) => valueAsText(fields, record, path);
  const isTold = ([name, { role }]: [string, AnyField]) =>
    role === 'stored' && name !== 'name' && !apart.includes(name) && isShown(fields, name, given);
  return html`${sectionsOf(fields).map(({ heading, plain, folded }) => {
    const told = [...plain, ...folded]
      .filter(isTold)
      .flatMap(([name, field]) => factsOf(field, record[name], references))
      .filter(([, value]) => value !== null);
    return told.length > 0 && html`${heading !== null && html`<h3>${heading}</h3>`}${facts(told)}`;
  })}`;
}

/** The value; of what is made of parts also the records that these name. */
function factsOf(field: AnyField, value: unknown, references: References): Fact[] {
  const own: Fact = [field.label, factValue(field, value, references)];
  return value && field.parts ? [own, ...namedBy(field.parts, value as Json, references)] : [own];
}

function namedBy(parts: Fields, whole: Json, references: References): Fact[] {
  return Object.entries(parts)
    .filter(([name, { control }]) => typeOf(control) !== null && whole[name])
    .map(([name, part]): Fact => [part.label, factValue(part, whole[name], references)]);
}

/** A value as a person reads it: records as links, and what is typed letter by letter so. */
export function factValue({ control, show }: AnyField, value: unknown, references: References): Cell {
  const text = show(value);
  const type = typeOf(control);
  if (type !== null && value !== null && value !== undefined) {
    const links = [value].flat().map((id) => linkTo(type, String(id), references));
    return links.length === 0
      ? 'none'
      : html`${links.map((link, index) => html`${index > 0 && ', '}${link}`)}`;
  }
  const isMono = 'mono' in control && control.mono === true;
  if (text === null) return null;
  return isMono && value !== null ? code(text) : withInstants(text);
}
