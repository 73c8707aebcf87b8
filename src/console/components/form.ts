import { html } from 'hono/html';
import { csrfField } from '../../http/csrf.ts';
import type { ProblemKind } from '../../model/problem.ts';
import type { ConsoleContext } from '../context.ts';
import { explainField, type FormState, isOf } from '../form.ts';
import type { Html } from '../html.ts';
import { type FormField, fieldId } from './field.ts';
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
    fields: FormField[];
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

/** What is done in a form about trouble that is no mistake in it. */
const remedies: Partial<Record<ProblemKind, string>> = {
  changed:
    'Nothing was saved, and what you typed stands below. Save again to put it in place of what is there now, or cancel.',
  conflict: 'Nothing was saved. If it is meant, tick “Save it all the same” and save again.',
};

/** What stands against the input, above the form, with a way to each field; takes the focus. */
export function errorSummary({ problem }: FormState, fields: FormField[]): Html | null {
  if (problem === null) return null;
  const isSaid = problem.kind in remedies;
  const remedy = remedies[problem.kind] ?? problem.remedy;
  return html`<div class="error-summary" role="alert" tabindex="-1" autofocus>
    <h2>${icon('bad')}${problem.title}</h2>
    <ul>${problem.fields?.map((named) => {
      const field = fields.find(({ name }) => isOf(name, named.field));
      const message = explainField(named, problem.kind, field?.control);
      if (!field) return html`<li>${isSaid ? message : html`${named.field}: ${message}`}</li>`;
      const href = `#${fieldId(field.name)}`;
      // What is said by a sentence says by itself what it is about.
      return isSaid
        ? html`<li><a href="${href}">${message}</a></li>`
        : html`<li><a href="${href}">${field.label}</a>: ${message}</li>`;
    })}</ul>
    ${remedy && html`<p>${remedy}</p>`}
  </div>`;
}
