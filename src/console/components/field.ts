import { html, raw } from 'hono/html';
import type { Html } from '../context.ts';
import { type FormState, fieldMessage } from '../form.ts';

interface Field {
  name: string;
  label: string;
  hint?: Html | string;
  /** Said by the label and to listeners; that it is there is checked by the administration, which explains better. */
  required?: boolean;
}

interface InputField extends Field {
  type?: 'text' | 'url' | 'email' | 'number' | 'password' | 'date';
  autocomplete?: string;
  placeholder?: string;
  mono?: boolean;
  maxlength?: number;
}

/** A labelled input with its hint and, after wrong input, what is wrong beside it. Passwords never come back. */
export function inputField(state: FormState, field: InputField): Html {
  const { name, type = 'text', autocomplete = 'off', placeholder, mono, maxlength } = field;
  const value = type === 'password' ? '' : (state.values[name] ?? '');
  return frame(
    state,
    field,
    html`<input id="${fieldId(name)}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"${attribute('placeholder', placeholder)}${attribute('maxlength', maxlength)}${mono ? raw(' class="mono" spellcheck="false"') : ''}${field.required ? raw(' aria-required="true"') : ''}${described(state, field)}>`,
  );
}

export function textField(state: FormState, field: Field & { rows?: number; mono?: boolean }): Html {
  const { name, rows = 3, mono } = field;
  return frame(
    state,
    field,
    html`<textarea id="${fieldId(name)}" name="${name}" rows="${rows}" autocomplete="off"${field.required ? raw(' aria-required="true"') : ''}${mono ? raw(' class="mono" spellcheck="false"') : ''}${described(state, field)}>${raw('\n')}${state.values[name] ?? ''}</textarea>`,
  );
}

export function selectField(
  state: FormState,
  field: Field & { options: { value: string; label: string }[] },
): Html {
  const { name, options } = field;
  return frame(
    state,
    field,
    html`<select id="${fieldId(name)}" name="${name}"${field.required ? raw(' aria-required="true"') : ''}${described(state, field)}>${options.map(
      ({ value, label }) =>
        html`<option value="${value}"${value === state.values[name] ? raw(' selected') : ''}>${label}</option>`,
    )}</select>`,
  );
}

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

/** One of several, each with its explanation. */
export function choiceField(state: FormState, field: Field & { choices: Choice[] }): Html {
  const { name, label, choices, hint } = field;
  const message = fieldMessage(state, name);
  return html`<fieldset class="field choices" id="${fieldId(name)}"${describedBy(state, field)}>
    <legend>${label}</legend>
    ${hint && html`<p class="hint" id="${fieldId(name)}-hint">${hint}</p>`}
    ${errorLine(name, message)}
    <div class="choice-list">${choices.map(
      (choice) => html`<label class="choice">
        <input type="radio" name="${name}" value="${choice.value}"${choice.value === state.values[name] ? raw(' checked') : ''}>
        <span><strong>${choice.label}</strong>${choice.hint && html`<small>${choice.hint}</small>`}</span>
      </label>`,
    )}</div>
  </fieldset>`;
}

/** A single tick; its value is `on` when ticked. */
export function tickField(state: FormState, { name, label, hint }: Field): Html {
  return html`<div class="field"><label class="choice">
    <input type="checkbox" id="${fieldId(name)}" name="${name}" value="on"${state.values[name] === 'on' ? raw(' checked') : ''}>
    <span><strong>${label}</strong>${hint && html`<small>${hint}</small>`}</span>
  </label></div>`;
}

/** The page's address of a field, for links from the error summary. */
export function fieldId(name: string): string {
  return `field-${name.replaceAll('.', '-')}`;
}

function frame(state: FormState, { name, label, hint, required }: Field, control: Html): Html {
  return html`<div class="field">
    <label for="${fieldId(name)}">${label}${required ? '' : html` <span class="optional">optional</span>`}</label>
    ${hint && html`<p class="hint" id="${fieldId(name)}-hint">${hint}</p>`}
    ${errorLine(name, fieldMessage(state, name))}
    ${control}
  </div>`;
}

function errorLine(name: string, message: string | null): Html | null {
  return message === null ? null : html`<p class="field-error" id="${fieldId(name)}-error">${message}</p>`;
}

function described(state: FormState, field: Field): Html {
  const wrong = fieldMessage(state, field.name) !== null;
  return html`${wrong ? raw(' aria-invalid="true"') : ''}${describedBy(state, field)}`;
}

function describedBy(state: FormState, { name, hint }: Field): Html | '' {
  const wrong = fieldMessage(state, name) !== null;
  const ids = [hint && `${fieldId(name)}-hint`, wrong && `${fieldId(name)}-error`].filter(Boolean).join(' ');
  return attribute('aria-describedby', ids || undefined);
}

function attribute(name: string, value: string | number | undefined): Html | '' {
  return value === undefined ? '' : html` ${raw(name)}="${value}"`;
}
