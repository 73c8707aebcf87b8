import { html } from 'hono/html';
import { type AnyField, type Choice, type Fields, isShown, withParts } from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, kindOf, type Resource } from '../../resources/resource.ts';
import { capitalised } from '../../resources/titles.ts';
import { attributes } from '../components/attributes.ts';
import { type DrawnControl, type FormField, renderField } from '../components/field.ts';
import { type FormState, fieldMessage } from '../form.ts';
import type { Html } from '../html.ts';
import { type FoundValues, foundText } from './found-values.ts';
import { choicesOf, type References, typeOf, wayToAdd } from './references.ts';
import { type Section, sectionsOf } from './sections.ts';
import { hasOther, valuesOf } from './values.ts';
import { fieldClass, sectionClass } from './visibility.ts';

/** The fields of a resource as a form asks for them. */
export interface AskedFields {
  resource: Resource;
  fields: Fields;
  /** What is edited; null for a new one. */
  record: Json | null;
  references: References;
  values: FormState['values'];
  /** What was found for it, and is beside what was typed. */
  found?: FoundValues | null;
  /** What stands below fields, by their paths. */
  below?: Readonly<Record<string, Html>>;
}

/** Every field as a form draws it, by its path; one made of others only where it has a tick of its own. */
export function formFields(asked: AskedFields): FormField[] {
  return [...withParts(asked.fields)]
    .filter(({ field }) => isDrawn(field))
    .map(({ path, field }) => formField(path, field, asked));
}

function isDrawn({ parts, control }: AnyField): boolean {
  return parts === undefined || control.kind === 'tick';
}

function formField(path: string, field: AnyField, asked: AskedFields): FormField {
  const kept = field.role === 'secret' && isKept(path, asked);
  const help = kept ? `${field.help ?? ''} Left empty, the present one stays.`.trim() : helpOf(field, asked);
  const found = foundText(path, asked.fields, asked.values, asked.found ?? null, (id) =>
    nameOf(id, field, asked),
  );
  const required = !kept && (field.required ?? (field.fallback === undefined && field.follows === undefined));
  return {
    name: path,
    label: field.label,
    required,
    control: controlOf(path, field, asked),
    ...(help !== null && { help }),
    ...(found !== null && { found }),
  };
}

/** What a record is called that a field names. */
function nameOf(id: string, { control }: AnyField, { references }: AskedFields): string {
  const { records = [] } = references.get(typeOf(control) ?? '') ?? {};
  return records.find((record) => record.id === id)?.name ?? id;
}

/** Whether there is a secret already: the record is as needs one. */
function isKept(path: string, { resource, record }: AskedFields): boolean {
  if (record === null) return false;
  const fields = fieldsOf(resource, kindOf(resource, record));
  return isShown(fields, path, (other) => valueAsText(fields, record, other));
}

function helpOf({ help, control, follows }: AnyField, { references }: AskedFields): Html | string | null {
  if (control.kind === 'reference' || control.kind === 'references') {
    const isNothingThere = choicesOf(control, [], references).length === 0;
    return isNothingThere ? html`${help} ${wayToAdd(control, references)}` : (help ?? null);
  }
  if (help !== undefined) return help;
  return follows === undefined || control.kind === 'choice' ? null : `Left empty: ${follows}.`;
}

function controlOf(path: string, field: AnyField, { record, references, values }: AskedFields): DrawnControl {
  const { control, follows } = field;
  const chosen = (values[path] ?? '').split('\n');
  switch (control.kind) {
    case 'choice':
      return { ...control, choices: [...unchosen(path, field, record), ...control.choices] };
    case 'select':
      return follows === undefined
        ? control
        : { ...control, choices: [{ value: '', label: 'As usual' }, ...control.choices] };
    case 'references':
      return { kind: 'ticks', choices: choicesOf(control, chosen, references) };
    case 'reference': {
      const choices = choicesOf(control, chosen, references).map(({ value, label }) => ({ value, label }));
      const empty = control.none ?? (choices.length === 0 ? 'There is none yet' : 'Choose one');
      return { kind: 'select', choices: [{ value: '', label: empty }, ...choices] };
    }
    default:
      return control;
  }
}

/** The choice to choose nothing: the value follows from others, or stays as it is. */
function unchosen(path: string, field: AnyField, record: Json | null): Choice[] {
  if (field.follows !== undefined)
    return [{ value: '', label: 'As usual', help: `${capitalised(field.follows)}.` }];
  if (record === null || !hasOther(field)) return [];
  return [{ value: '', label: 'As it is', help: `Now: ${field.show(record[path]) ?? 'nothing'}.` }];
}

/** The fields under their headings, each in what its visibility hides. */
export function renderFields({ values, problem }: FormState, asked: AskedFields): Html {
  const state = { values: withoutSecrets(asked.fields, values), problem };
  const drawn = new Map(formFields(asked).map((field) => [field.name, field]));
  const usual = valuesOf(asked.fields, null);
  const renderEntries = (entries: Section['plain']) =>
    pathsOf(entries).map((path) => {
      const field = drawn.get(path);
      return (
        field &&
        html`<div class="${fieldClass(asked.resource, path)}">${renderField(state, field)}${asked.below?.[path]}</div>`
      );
    });
  const isOpen = (entries: Section['plain']) =>
    pathsOf(entries).some(
      (path) => (state.values[path] ?? '') !== usual[path] || fieldMessage(state, { name: path }) !== null,
    );
  return html`${sectionsOf(asked.fields).map((section) => {
    const { heading, plain, folded } = section;
    const isAllFolded = plain.length === 0;
    const more =
      folded.length > 0 &&
      html`<details${attributes({ class: `more ${sectionClass(asked.resource, 'folded', section)}`, open: isOpen(folded) })}>
        <summary>${isAllFolded && heading !== null ? heading : labelsOf(folded)}</summary>
        ${renderEntries(folded)}
      </details>`;
    if (heading === null) return html`${renderEntries(plain)}${more}`;
    return html`<div class="group ${sectionClass(asked.resource, 'section', section)}">
      ${!isAllFolded && html`<h2>${heading}</h2>`}
      ${renderEntries(plain)}
      ${more}
    </div>`;
  })}`;
}

/** A form comes back without them, in whatever control they were typed. */
function withoutSecrets(fields: Fields, values: FormState['values']): FormState['values'] {
  return Object.fromEntries(Object.entries(values).filter(([name]) => fields[name]?.role !== 'secret'));
}

function pathsOf(entries: Section['plain']): string[] {
  return [...withParts(Object.fromEntries(entries))].map(({ path }) => path);
}

function labelsOf(entries: Section['plain']): string {
  return entries.map(([, { label }]) => label).join(', ');
}
