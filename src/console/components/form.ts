import { html } from 'hono/html';
import { csrfField } from '../../http/csrf.ts';
import type { ConsoleContext, Html } from '../context.ts';
import { explainField, type FormState } from '../form.ts';
import { type Field, fieldId } from './field.ts';
import { icon } from './icon.ts';

/** The hidden field that every form of a session carries. */
export function csrfInput(c: ConsoleContext): Html {
  return html`<input type="hidden" name="${csrfField}" value="${c.get('csrf')}">`;
}

/** A form that is one button. */
export function buttonForm(c: ConsoleContext, action: string, label: Html | string, kind = 'button'): Html {
  return html`<form method="post" action="${action}">
    ${csrfInput(c)}<button class="${kind}">${label}</button>
  </form>`;
}

/** A form to fill in: what was wrong with it, its fields, the deed and the way back. */
export function editForm(
  c: ConsoleContext,
  state: FormState,
  form: {
    action: string;
    /** What the fields are, for the error summary. */
    fields: Field[];
    content: Html | Html[];
    submit: string;
    cancel: string;
  },
): Html {
  return html`${errorSummary(state, form.fields)}
    <form method="post" action="${form.action}" class="card form" novalidate>
      ${csrfInput(c)}
      ${form.content}
      <div class="actions">
        <button class="button primary">${form.submit}</button>
        <a class="button" href="${form.cancel}">Cancel</a>
      </div>
    </form>`;
}

/** What was wrong with the input, above the form, with a way to each field; takes the focus. */
export function errorSummary({ problem }: FormState, fields: Field[]): Html | null {
  if (problem === null) return null;
  return html`<div class="error-summary" role="alert" tabindex="-1" autofocus>
    <h2>${icon('bad')}${problem.title}</h2>
    <ul>${problem.fields?.map((wrong) => {
      const field = findField(fields, wrong.field);
      const name = field ? html`<a href="#${fieldId(field.name)}">${field.label}</a>` : wrong.field;
      return html`<li>${name}: ${explainField(wrong)}</li>`;
    })}</ul>
    ${problem.remedy && html`<p>${problem.remedy}</p>`}
  </div>`;
}

/** The form's own field that a wrong field belongs to: `folders` for `folders.0`. */
function findField(fields: Field[], wrong: string): Field | undefined {
  return fields.find(({ name }) => wrong === name || wrong.startsWith(`${name}.`));
}
