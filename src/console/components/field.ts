import { html, raw } from 'hono/html';
import type { Choice, Control } from '../../resources/field.ts';
import { type FormState, fieldMessage } from '../form.ts';
import type { Html } from '../html.ts';
import { attributes } from './attributes.ts';

/** What a form asks for: a control with its label. */
export interface FormField {
  /** As it is posted; what is typed beside a choice comes as `<name>.other`. */
  name: string;
  label: string;
  help?: Html | string;
  /** From where its value is, where nobody typed it. */
  found?: string;
  /** Said by the label and to listeners; the administration checks it, and explains better than a browser. */
  required?: boolean;
  control: DrawnControl;
  autocomplete?: string;
}

/** Records to choose from are choices by now. */
export type DrawnControl = Exclude<Control, { kind: 'reference' | 'references' }>;

type ChoiceControl = Extract<DrawnControl, { kind: 'choice' | 'ticks' }>;

/** A field with its label and help and, after wrong input, what is wrong beside it. Passwords never come back. */
export function renderField(state: FormState, field: FormField): Html {
  const { control } = field;
  switch (control.kind) {
    case 'tick':
      return renderTick(state, field);
    case 'choice':
    case 'ticks':
      return renderChoices(state, field, control);
    default:
      return html`<div class="field">
        <label for="${fieldId(field.name)}">${field.label}${optionalMark(field)}</label>
        ${helpAndMessage(state, field)}
        ${renderControl(state, field, control)}
      </div>`;
  }
}

/** The page's address of a field, for links from the error summary. */
export function fieldId(name: string): string {
  return `field-${name.replaceAll('.', '-')}`;
}

function renderControl(
  state: FormState,
  field: FormField,
  control: Exclude<DrawnControl, ChoiceControl | { kind: 'tick' }>,
): Html {
  const value = state.values[field.name] ?? '';
  const mono = 'mono' in control && control.mono === true;
  const common = {
    id: fieldId(field.name),
    name: field.name,
    class: mono ? 'mono' : undefined,
    spellcheck: mono ? 'false' : undefined,
    'aria-required': field.required ? 'true' : undefined,
    'aria-invalid': isWrong(state, field) ? 'true' : undefined,
    'aria-describedby': describedBy(state, field),
  };
  switch (control.kind) {
    case 'area':
      // The first line feed within a text area is not part of its value.
      return html`<textarea${attributes({ ...common, rows: control.rows })}>${raw('\n')}${value}</textarea>`;
    case 'select':
      return html`<select${attributes(common)}>${control.choices.map(
        (choice) => html`<option${attributes({ value: choice.value, selected: choice.value === value })}>
          ${choice.label}</option>`,
      )}</select>`;
    default: {
      const { kind: type, placeholder } = control;
      const shown = type === 'password' ? '' : value;
      const { autocomplete = 'off' } = field;
      return html`<input${attributes({ ...common, type, value: shown, autocomplete, placeholder })}>`;
    }
  }
}

function renderChoices(state: FormState, field: FormField, control: ChoiceControl): Html {
  const chosen = (state.values[field.name] ?? '').split('\n');
  const other = control.kind === 'choice' ? control.other : undefined;
  const group = { class: 'field', id: fieldId(field.name), 'aria-describedby': describedBy(state, field) };
  return html`<fieldset${attributes(group)}>
    <legend>${field.label}</legend>
    ${helpAndMessage(state, field)}
    <div class="choice-list">${control.choices.map((choice) =>
      renderBox(
        {
          type: control.kind === 'choice' ? 'radio' : 'checkbox',
          name: field.name,
          value: choice.value,
          checked: chosen.includes(choice.value),
          'data-other': choice.value === other?.value,
        },
        choice,
      ),
    )}</div>
    ${other && renderOther(state, field, other)}
  </fieldset>`;
}

/** Where a value is typed that is none of the choices; seen while its own choice is made. */
function renderOther(
  state: FormState,
  { name, label }: FormField,
  other: { label: string; placeholder: string },
): Html {
  const typed = `${name}.other`;
  const box = {
    type: 'text',
    id: fieldId(typed),
    name: typed,
    value: state.values[typed] ?? '',
    placeholder: other.placeholder,
    autocomplete: 'off',
    'aria-invalid': isWrong(state, { name }) ? 'true' : undefined,
    'aria-describedby': describedBy(state, { name }),
  };
  return html`<div class="field other">
    <label for="${fieldId(typed)}"><span class="visually-hidden">${label}: </span>${other.label}</label>
    <input${attributes(box)}>
  </div>`;
}

function renderTick(state: FormState, field: FormField): Html {
  const { name, label, help } = field;
  const message = fieldMessage(state, field);
  const box = {
    type: 'checkbox',
    id: fieldId(name),
    name,
    value: 'on',
    checked: state.values[name] === 'on',
    'aria-describedby': message === null ? undefined : `${fieldId(name)}-error`,
  };
  return html`<div class="field">
    ${renderBox(box, { label, ...(help !== undefined && { help }) })}
    ${renderMessage(name, message)}
  </div>`;
}

function renderBox(
  box: Parameters<typeof attributes>[0],
  { label, help }: Omit<Choice, 'value' | 'help'> & Pick<FormField, 'help'>,
): Html {
  return html`<label class="choice">
    <input${attributes(box)}>
    <span><strong>${label}</strong>${help && html`<small>${help}</small>`}</span>
  </label>`;
}

function helpAndMessage(state: FormState, field: FormField): Html {
  const { name, help, found } = field;
  return html`
    ${help && html`<p class="hint" id="${fieldId(name)}-hint">${help}</p>`}
    ${found && html`<p class="found" id="${fieldId(name)}-found">${found}</p>`}
    ${renderMessage(name, fieldMessage(state, field))}`;
}

function renderMessage(name: string, message: string | null): Html | null {
  return message === null ? null : html`<p class="field-error" id="${fieldId(name)}-error">${message}</p>`;
}

function describedBy(
  state: FormState,
  { name, help, found }: Pick<FormField, 'name' | 'help' | 'found'>,
): string | undefined {
  const told = fieldMessage(state, { name }) !== null;
  const said = { hint: help, found, error: told };
  const ids = Object.entries(said).flatMap(([part, is]) => (is ? [`${fieldId(name)}-${part}`] : []));
  return ids.length > 0 ? ids.join(' ') : undefined;
}

/** What somebody else has changed meanwhile is told as well, but is no mistake. */
function isWrong(state: FormState, { name }: Pick<FormField, 'name'>): boolean {
  return state.problem?.kind !== 'changed' && fieldMessage(state, { name }) !== null;
}

function optionalMark({ required }: FormField): Html | null {
  return required ? null : html` <span class="optional">optional</span>`;
}
