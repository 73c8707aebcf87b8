import { html, raw } from 'hono/html';
import type { Html } from '../context.ts';

type Cell = Html | string | number | null;

export interface Column {
  label: string;
  /** `number` is set to the right, `narrow` takes no more room than it needs, `action` has no visible heading. */
  kind?: 'number' | 'narrow' | 'action';
}

/**
 * A table that becomes a list of cards on a phone. The roles are spelled out because browsers forget a
 * table's meaning once its display is changed.
 */
export function table(caption: string, columns: Column[], rows: Cell[][]): Html {
  const kind = (column: Column | undefined) => (column?.kind ? html` class="${column.kind}"` : '');
  return html`<div class="table-frame"><table role="table">
    <caption class="visually-hidden">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map(
      (column) =>
        html`<th role="columnheader" scope="col"${kind(column)}>${column.kind === 'action' ? html`<span class="visually-hidden">${column.label}</span>` : column.label}</th>`,
    )}</tr></thead>
    <tbody role="rowgroup">${rows.map(
      (cells) =>
        html`<tr role="row">${cells.map(
          (cell, index) =>
            html`<td role="cell"${kind(columns[index])}${index === 0 || columns[index]?.kind === 'action' ? '' : html` data-label="${columns[index]?.label}"`}>${cell}</td>`,
        )}</tr>`,
    )}</tbody>
  </table></div>`;
}

/** Names and values of one thing; a value of null is left out. */
export function facts(entries: [string, Cell][]): Html {
  return html`<dl class="facts">${entries.map(([term, value]) =>
    value === null ? raw('') : html`<div><dt>${term}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}
