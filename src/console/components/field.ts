import { html, raw } from 'hono/html';
import type { Html } from '../context.ts';
import { type FormState, fieldMessage } from '../form.ts';
import { attributes } from './attributes.ts';

interface FieldBase {
  name: string;
  label: string;
  hint?: string;
  /** Said by the label and to listeners; the administration checks it, and explains better than a browser. */
  required?: boolean;
  /** For values that are typed letter by letter, such as IDs and URLs. */
  mono?: boolean;
}

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

/** Nothing, told as `none`, or one of these by its name. */
export function choicesOf(items: { id: string; name: string }[], none: string): Choice[] {
  return [{ value: '', label: none }, ...items.map(({ id, name }) => ({ value: id, label: name }))];
}

/** What a form asks for, as data. */
export type Field = FieldBase &
  (
    | {
        kind: 'text' | 'url' | 'email' | 'number' | 'password' | 'date';
        autocomplete?: string;
        placeholder?: string;
      }
    | { kind: 'area'; rows: number }
    | { kind: 'select'; choices: Choice[] }
    | { kind: 'choice' | 'ticks'; choices: Choice[] }
    /** A single tick; its value is `on` when ticked. */
    | { kind: 'tick' }
  );

/** A field with its label and hint and, after wrong input, what is wrong beside it. Passwords never come back. */
export function renderField(state: FormState, field: Field): Html {
  switch (field.kind) {
    case 'tick':
      return renderTick(state, field);
    case 'choice':
    case 'ticks':
      return renderChoices(state, field, field.kind === 'choice' ? 'radio' : 'checkbox', field.choices);
    default:
      return html`<div class="field">
        <label for="${fieldId(field.name)}">${field.label}${optionalMark(field)}</label>
        ${hintAndError(state, field)}
        ${renderControl(state, field)}
      </div>`;
  }
}

/** The page's address of a field, for links from the error summary. */
export function fieldId(name: string): string {
  return `field-${name.replaceAll('.', '-')}`;
}

function renderControl(state: FormState, field: Exclude<Field, { kind: 'tick' | 'choice' | 'ticks' }>): Html {
  const value = state.values[field.name] ?? '';
  const common = {
    id: fieldId(field.name),
    name: field.name,
    class: field.mono ? 'mono' : undefined,
    spellcheck: field.mono ? 'false' : undefined,
    'aria-required': field.required ? 'true' : undefined,
    'aria-invalid': fieldMessage(state, field.name) === null ? undefined : 'true',
    'aria-describedby': describedBy(state, field),
  };
  switch (field.kind) {
    case 'area':
      // The first line feed within a text area is not part of its value.
      return html`<textarea${attributes({ ...common, rows: field.rows })}>${raw('\n')}${value}</textarea>`;
    case 'select':
      return html`<select${attributes(common)}>${field.choices.map(
        (choice) => html`<option${attributes({ value: choice.value, selected: choice.value === value })}>
          ${choice.label}</option>`,
      )}</select>`;
    default: {
      const { kind: type, autocomplete = 'off', placeholder } = field;
      const shown = type === 'password' ? '' : value;
      return html`<input${attributes({ ...common, type, value: shown, autocomplete, placeholder })}>`;
    }
  }
}

function renderChoices(state: FormState, field: Field, type: 'radio' | 'checkbox', choices: Choice[]): Html {
  const chosen = (state.values[field.name] ?? '').split('\n');
  const group = { class: 'field', id: fieldId(field.name), 'aria-describedby': describedBy(state, field) };
  return html`<fieldset${attributes(group)}>
    <legend>${field.label}</legend>
    ${hintAndError(state, field)}
    <div class="choice-list">${choices.map(({ value, label, hint }) =>
      renderBox({ type, name: field.name, value, checked: chosen.includes(value) }, label, hint),
    )}</div>
  </fieldset>`;
}

function renderTick(state: FormState, { name, label, hint }: Field): Html {
  const box = {
    type: 'checkbox',
    id: fieldId(name),
    name,
    value: 'on',
    checked: state.values[name] === 'on',
  };
  return html`<div class="field">${renderBox(box, label, hint)}</div>`;
}

function renderBox(box: Parameters<typeof attributes>[0], label: string, hint: string | undefined): Html {
  return html`<label class="choice">
    <input${attributes(box)}>
    <span><strong>${label}</strong>${hint && html`<small>${hint}</small>`}</span>
  </label>`;
}

function hintAndError(state: FormState, { name, hint }: Field): Html {
  const message = fieldMessage(state, name);
  return html`
    ${hint && html`<p class="hint" id="${fieldId(name)}-hint">${hint}</p>`}
    ${message !== null && html`<p class="field-error" id="${fieldId(name)}-error">${message}</p>`}`;
}

function describedBy(state: FormState, { name, hint }: Field): string | undefined {
  const wrong = fieldMessage(state, name) !== null;
  const ids = [hint && `${fieldId(name)}-hint`, wrong && `${fieldId(name)}-error`].filter(Boolean);
  return ids.length > 0 ? ids.join(' ') : undefined;
}

function optionalMark({ required }: Field): Html | null {
  return required ? null : html` <span class="optional">optional</span>`;
}
