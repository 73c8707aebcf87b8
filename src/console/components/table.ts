import { html } from 'hono/html';
import type { Html } from '../html.ts';
import { attributes } from './attributes.ts';

export type Cell = Html | string | number | null;

export interface Column {
  label: string;
  /** `number` is set to the right, `action` has no visible heading. */
  kind?: 'number' | 'action';
}

/**
 * A table that becomes a list of cards on a phone. The roles are spelled out because browsers forget a
 * table's meaning once its display is changed.
 */
export function table(caption: string, columns: Column[], rows: Cell[][]): Html {
  return html`<div class="table-frame"><table role="table">
    <caption class="visually-hidden">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map(renderHeading)}</tr></thead>
    <tbody role="rowgroup">${rows.map(
      (cells) =>
        html`<tr role="row">${cells.map((cell, index) => renderCell(cell, index, columns[index]))}</tr>`,
    )}</tbody>
  </table></div>`;
}

function renderHeading({ label, kind }: Column): Html {
  const heading = kind === 'action' ? html`<span class="visually-hidden">${label}</span>` : label;
  return html`<th${attributes({ role: 'columnheader', scope: 'col', class: kind })}>${heading}</th>`;
}

/** On a phone the heading goes with the cell, but for the first, which is the card's title. */
function renderCell(cell: Cell, index: number, column: Column | undefined): Html {
  const labelled = index > 0 && column?.kind !== 'action';
  const label = labelled ? column?.label : undefined;
  return html`<td${attributes({ role: 'cell', class: column?.kind, 'data-label': label })}>${cell}</td>`;
}

/** Names and values of one thing; a value of null is left out. */
export function facts(entries: [string, Cell][]): Html {
  return html`<dl class="facts">${entries.map(
    ([term, value]) => value !== null && html`<div><dt>${term}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}
