import { html } from 'hono/html';
import type { Fields } from '../../resources/field.ts';
import { fieldsOf, kindOf, type ResourceRecord } from '../../resources/resource.ts';
import { headingOf, withArticle } from '../../resources/titles.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext } from '../context.ts';
import type { FormState } from '../form.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';
import { addressField, findButton, foundInput, renderAddress, usualButton } from './discovery.ts';
import { formFields, renderFields } from './fields.ts';
import type { FoundValues } from './found-values.ts';
import { readReferences } from './references.ts';
import { asJson, type ShownResource } from './view.ts';
import { noteClass } from './visibility.ts';

/** The name under which a form carries the version of the record that whoever fills it in has seen. */
export const versionName = 'version';

/** What the form of a resource is made of; `all` are those that it may name records of. */
export interface FormParts {
  one: ShownResource;
  all: ShownResource[];
}

/** What was found for a new form: its values, and how they were found where that was just now. */
export interface FoundForForm {
  found: FoundValues | null;
  summary?: Html;
}

/** The form of a new record. */
export async function renderNew(
  c: ConsoleContext,
  { one, all }: FormParts,
  state: FormState,
  { found, summary }: FoundForForm = { found: null },
): Promise<Html> {
  const { records, view } = one;
  const { resource } = records;
  const { discovery } = view.form ?? {};
  const list = `/${resource.path}`;
  const fields = askedFields(one, null, state);
  const references = await readReferences(fields, all);
  const below = discovery?.address ? { [discovery.address]: findButton(resource) } : {};
  const asked = { ...state, resource, fields, record: null, references, found, below };
  const own = discovery?.address === null ? [addressField] : [];
  return signedInPage(c, {
    title: `Add ${withArticle(resource.title)}`,
    parent: { href: list, label: headingOf(resource) },
    ...(view.lead !== undefined && { lead: view.lead }),
    content: html`
      ${summary}
      ${view.form?.note && html`<div class="note ${noteClass(resource)}">${view.form.note.html(c)}</div>`}
      ${editForm(c, state, {
        action: list,
        fields: [...own, ...formFields(asked)],
        content: html`
          ${discovery && usualButton}
          ${found && foundInput(found)}
          ${own.length > 0 && renderAddress(state, resource)}
          ${renderFields(state, asked)}`,
        submit: view.form?.submit ?? `Save ${resource.noun}`,
        cancel: list,
      })}
      ${view.form?.after}`,
  });
}

/** The form of a record that there is; `path` is where it is posted. */
export async function renderEdit(
  c: ConsoleContext,
  { one, all }: FormParts,
  record: ResourceRecord,
  path: string,
  state: FormState,
): Promise<Html> {
  const { records, view } = one;
  const { resource } = records;
  const fields = askedFields(one, record, state);
  const references = await readReferences(fields, all);
  const asked = { ...state, resource, fields, record: asJson(record), references, found: null };
  const lead = view.form?.leadOf?.(record) ?? (resource.single ? view.lead : undefined);
  return signedInPage(c, {
    title: resource.single ? headingOf(resource) : `Edit ${record.name}`,
    ...(!resource.single && { parent: { href: path, label: record.name } }),
    ...(lead && { lead }),
    content: html`
      ${editForm(c, state, {
        action: path,
        fields: formFields(asked),
        content: html`
          <input type="hidden" name="${versionName}" value="${record.version}">
          ${fixedKind(one, record)}
          ${renderFields(state, asked)}`,
        submit: `Save ${resource.noun}`,
        cancel: resource.single ? '/' : path,
      })}
      ${view.form?.after}`,
  });
}

/** Fields of a record that other pages ask for, and questions that are not asked yet. */
export function elsewhere({ records, view }: ShownResource, record: ResourceRecord | null): string[] {
  const fields = Object.entries(fieldsOf(records.resource));
  const questions = fields.filter(([, { role }]) => role === 'answer').map(([name]) => name);
  return [...(view.form?.elsewhere?.(record) ?? []), ...questions];
}

/**
 * The same without those that a change asks for: a secret whose place changes must be entered with it, and whether
 * something shall be there twice is asked where it would be.
 */
export function stillElsewhere(
  one: ShownResource,
  record: ResourceRecord | null,
  { values, problem }: FormState,
): string[] {
  const isAsked = (name: string) =>
    Boolean(values[name]) || problem?.fields?.some(({ field }) => field === name);
  return elsewhere(one, record).filter((name) => !isAsked(name));
}

/** What the form asks for; a kind that stays as it was made is not asked again. */
function askedFields(one: ShownResource, record: ResourceRecord | null, state: FormState): Fields {
  const { resource } = one.records;
  const fixed = record !== null && resource.kind?.fixed;
  const fields = fixed ? fieldsOf(resource, kindOf(resource, asJson(record))) : fieldsOf(resource);
  const apart = [
    ...stillElsewhere(one, record, state),
    ...(fixed && resource.kind ? [resource.kind.field] : []),
  ];
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !apart.includes(name)));
}

/** Other fields are shown by it all the same. */
function fixedKind({ records: { resource } }: ShownResource, record: ResourceRecord): Html | null {
  const { kind } = resource;
  return kind?.fixed
    ? html`<input type="hidden" name="${kind.field}" value="${asJson(record)[kind.field]}">`
    : null;
}
