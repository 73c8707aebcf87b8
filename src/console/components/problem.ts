import { html } from 'hono/html';
import type { ProblemJson } from '../../model/problem.ts';
import type { Html } from '../html.ts';
import { icon } from './icon.ts';
import { moment, withInstants } from './moment.ts';

/**
 * A problem as a person needs it: what, why, and what to do now, with the buttons that do it. `more`: further lines, of
 * terms and what they mean.
 */
export function problemPanel(
  problem: ProblemJson,
  actions: Html | null = null,
  more: readonly (readonly [string, string])[] = [],
): Html {
  return html`<div class="problem">
    <h2>${icon('bad')}${problem.title}</h2>
    <dl>
      ${line('Details', problem.detail)}
      ${line('Why', problem.cause)}
      ${line('What to do', problem.remedy)}
      ${more.map(([term, text]) => line(term, text))}
      ${retryLine(problem.retry)}
    </dl>
    ${actions && html`<div class="actions">${actions}</div>`}
    <p class="code">Code <code>${problem.code}</code></p>
  </div>`;
}

function line(term: string, text: string | undefined): Html | null {
  return text ? html`<div><dt>${term}</dt><dd>${withInstants(text)}</dd></div>` : null;
}

function retryLine(retry: string): Html | null {
  if (retry === 'no') return null;
  const text =
    retry === 'later' ? 'Letterbox tries again by itself.' : html`Letterbox tries again ${moment(retry)}.`;
  return html`<div><dt>Meanwhile</dt><dd>${text}</dd></div>`;
}
