import { html } from 'hono/html';
import type { ProblemJson } from '../../model/problem.ts';
import type { Html } from '../html.ts';

/** First cell of a row: the way to what the row is about, and what tells it from the others. */
export function titleCell(href: string, title: string, detail: string): Html {
  return html`<a class="strong" href="${href}">${title}</a><small>${detail}</small>`;
}

/** A state with, in a few words, what is wrong or what is going on. */
export function stateCell(status: Html, problem: ProblemJson | null, progress: string | null = null): Html {
  return html`${status}
    ${progress && html`<small>${progress}</small>`}
    ${problem && html`<small class="bad">${problem.title}</small>`}`;
}
