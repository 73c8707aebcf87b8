import { html, raw } from 'hono/html';
import type { Html } from '../html.ts';

/** Attributes of an element, each with a space before it; `true` stands alone, false and undefined are left out. */
export function attributes(values: Record<string, string | number | boolean | undefined>): Html {
  return html`${Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return '';
    return value === true ? raw(` ${name}`) : html` ${raw(name)}="${value}"`;
  })}`;
}
