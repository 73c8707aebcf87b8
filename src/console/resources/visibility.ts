import {
  type AnyField,
  type Condition,
  conditionOf,
  type Fields,
  fieldAt,
  hiddenText,
  withParts,
} from '../../resources/field.ts';
import { fieldsOf, type Resource } from '../../resources/resource.ts';
import { type Section, sectionsOf } from './sections.ts';
import type { ShownResource } from './view.ts';

/** When a part of a page is shown: always, never, or while `main` matches a selector. */
type Shown = boolean | string;

/** The class of what holds a field, by which it is hidden. */
export function fieldClass({ type }: Resource, path: string): string {
  return `${type}-${path.replaceAll('.', '-')}`;
}

/** The class of a section, or of what is folded in it. */
export function sectionClass({ type }: Resource, part: 'section' | 'folded', { heading }: Section): string {
  return `${type}-${part}-${(heading ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}

/** The class of the note above a form. */
export function noteClass({ type }: Resource): string {
  return `${type}-note`;
}

/**
 * Style rules that hide fields by what is chosen in others, as `when` says, without any script; and headings that
 * nothing stands under. A browser that does not know `:has` shows everything.
 */
export function visibilityRules(resources: ShownResource[]): string {
  const hidden = resources.flatMap(({ records: { resource }, view }) =>
    conditionals(resource, view.form?.note?.when).flatMap(([className, shown]) => {
      const hiding = not(shown);
      return hiding === false ? [] : [`main${hiding === true ? '' : hiding} .${className}`];
    }),
  );
  return hidden.length === 0
    ? ''
    : `@supports selector(:has(a)) {\n${hidden.join(',\n')} { display: none }\n}\n`;
}

function conditionals(resource: Resource, note: Condition = {}): [className: string, shown: Shown][] {
  const fields = fieldsOf(resource);
  const paths = [...withParts(fields)].map(({ path }) => path);
  const anyOf = (entries: Section['plain']) => any(entries.map(([name]) => shownField(fields, name)));
  return [
    ...paths.map((path): [string, Shown] => [fieldClass(resource, path), shownField(fields, path)]),
    ...sectionsOf(fields).flatMap((section): [string, Shown][] => [
      [sectionClass(resource, 'section', section), anyOf([...section.plain, ...section.folded])],
      [sectionClass(resource, 'folded', section), anyOf(section.folded)],
    ]),
    [noteClass(resource), holds(fields, note)],
  ];
}

function shownField(fields: Fields, path: string): Shown {
  return holds(fields, conditionOf(fields, path));
}

function holds(fields: Fields, condition: Condition): Shown {
  return all(Object.entries(condition).map(([path, values]) => has(fields, path, values)));
}

/** Whether a field has one of the values: as it is chosen while the field is shown, else as it is when hidden. */
function has(fields: Fields, path: string, values: readonly string[]): Shown {
  const field = fieldAt(fields, path);
  if (!field) return false;
  const [shown, chosen] = [shownField(fields, path), isChosen(path, field, values)];
  return values.includes(hiddenText(field)) ? any([not(shown), chosen]) : all([shown, chosen]);
}

/** A field whose only value is given stands in the form as a hidden input. What is typed cannot be told apart. */
function isChosen(path: string, { control }: AnyField, values: readonly string[]): Shown {
  const name = `[name="${path}"]`;
  switch (control.kind) {
    case 'tick': {
      const ticked = `:has(${name}:checked)`;
      return any([values.includes('on') && ticked, values.includes('') && not(ticked)]);
    }
    case 'choice':
    case 'ticks':
      return `:has(${values.map((value) => `${name}[value="${value}"]:is(:checked, [type="hidden"])`).join(', ')})`;
    case 'select':
    case 'reference':
      return `:has(${values.map((value) => `${name} > [value="${value}"]:checked`).join(', ')})`;
    default:
      return true;
  }
}

function not(shown: Shown): Shown {
  return typeof shown === 'boolean' ? !shown : `:not(${shown})`;
}

function all(parts: Shown[]): Shown {
  if (parts.includes(false)) return false;
  return [...new Set(parts)].filter((part) => part !== true).join('') || true;
}

function any(parts: Shown[]): Shown {
  if (parts.includes(true)) return true;
  const [one = false, ...more] = new Set(parts.filter((part) => part !== false));
  return more.length === 0 ? one : `:is(${[one, ...more].join(', ')})`;
}
