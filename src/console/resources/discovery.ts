import { html } from 'hono/html';
import type { Conflict, Discovery, Evidence } from '../../discovery/discovery.ts';
import type { Resource } from '../../resources/resource.ts';
import { attributes } from '../components/attributes.ts';
import { type FormField, renderField } from '../components/field.ts';
import type { FormState } from '../form.ts';
import type { Html } from '../html.ts';
import { type FoundValues, foundName } from './found-values.ts';

/** How a new form fills itself in by a mail address. */
export interface FormDiscovery {
  discover(address: unknown, protocol: string | undefined): Promise<Discovery>;
  /** The field of the form that has the address; null where it has none, and asks for one. */
  address: string | null;
  /** The field that says which protocol is wanted. */
  protocol?: string;
  /** What may be done next with what was found. */
  next?(found: Discovery): Html | null;
}

/** The name of the address where the form itself has none; also in the page's own address. */
export const addressName = 'address';

const hint =
  'Looks in the DNS, at Microsoft, at the domain itself and in Thunderbird’s database, which are told the domain. It signs in to nothing.';

export function findPath({ path }: Resource): string {
  return `/${path}/find`;
}

/** Enter in a field means the form's own deed, which is not its first button any more. */
export const usualButton = html`<button hidden></button>`;

/** The button beside the address. It sends the whole form, so that what was typed is there still. */
export function findButton(resource: Resource): Html {
  return html`<div class="find">
    <button${attributes({ class: 'button', formaction: findPath(resource) })}>Find settings</button>
    <p class="hint">${hint}</p>
  </div>`;
}

/** Where a form has no address of its own. */
export const addressField: FormField = {
  name: addressName,
  label: 'Mail address',
  help: 'Of one of the mailboxes: the settings are found by it.',
  control: { kind: 'email', placeholder: 'support@contoso.com' },
};

export function renderAddress(state: FormState, resource: Resource): Html {
  return html`<div>${renderField(state, addressField)}${findButton(resource)}</div>`;
}

/** What was found goes along with the form. */
export function foundInput(found: FoundValues): Html {
  return html`<input type="hidden" name="${foundName}" value="${JSON.stringify(found)}">`;
}

/** What was found, above the form; takes the focus, so that it is read first. */
export function renderDiscovery(found: Discovery, { next }: FormDiscovery, remarks: string[]): Html {
  return html`<section class="found-summary" role="status" tabindex="-1" autofocus>
    <h2>${found.summary}</h2>
    ${[...found.remarks, ...remarks].map((remark) => html`<p>${remark}</p>`)}
    ${found.conflicts.map(renderConflict)}
    ${next?.(found)}
    <details>
      <summary>Where it was looked</summary>
      <ul>${found.evidence.map(renderEvidence)}</ul>
    </details>
  </section>`;
}

function renderConflict({ what, taken, others }: Conflict): Html {
  return html`<p class="conflict"><strong>${what}:</strong> ${taken.value} (${taken.from}) was taken; ${others.map(
    ({ value, from }, index) => html`${index > 0 && ', '}${value} (${from})`,
  )} would be another.</p>`;
}

const states: Record<Evidence['state'], string> = {
  found: 'found',
  nothing: 'nothing there',
  failed: 'not known',
};

function renderEvidence({ from, state, detail }: Evidence): Html {
  return html`<li><strong>${from}</strong>, ${states[state]}: <span>${detail}</span></li>`;
}
