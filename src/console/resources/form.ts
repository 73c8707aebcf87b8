import { Hono } from 'hono';
import { problemStatus } from '../../http/problem-response.ts';
import { Problem } from '../../model/problem.ts';
import type { Fields } from '../../resources/field.ts';
import { fieldsOf, type ResourceRecord } from '../../resources/resource.ts';
import type { ConsoleContext, ConsoleEnv } from '../context.ts';
import { type Done, withDone } from '../done.ts';
import { inputProblem, readForm } from '../form.ts';
import { addressName, findPath, renderDiscovery } from './discovery.ts';
import { type FormParts, renderEdit, renderNew, stillElsewhere, versionName } from './form-page.ts';
import { fillIn, foundName, readFound, typedIn, withoutStale } from './found-values.ts';
import { typeOf } from './references.ts';
import { inputOf, postedValues, type Values, valuesOf } from './values.ts';
import { asJson } from './view.ts';

/** Adding and editing the records of a resource, or the only one that there is. */
export function formPages(parts: FormParts): Hono<ConsoleEnv> {
  const { resource } = parts.one.records;
  const list = `/${resource.path}`;
  const pages = new Hono<ConsoleEnv>();
  if (resource.single)
    return pages
      .get(list, (c) => edit(c, parts, resource.type, list))
      .post(list, (c) => update(c, parts, resource.type, list));
  return pages
    .get(`${list}/new`, async (c) => {
      const values = { ...valuesOf(fieldsOf(resource), null), ...namedIn(parts, c.req.query()) };
      return c.html(await renderNew(c, parts, { values, problem: null }));
    })
    .post(list, (c) => create(c, parts))
    .post(findPath(resource), (c) => find(c, parts))
    .get(`${list}/:id/edit`, (c) => edit(c, parts, c.req.param('id'), `${list}/${c.req.param('id')}`))
    .post(`${list}/:id`, (c) => update(c, parts, c.req.param('id'), `${list}/${c.req.param('id')}`));
}

async function create(c: ConsoleContext, parts: FormParts): Promise<Response> {
  const { records, view } = parts.one;
  const { resource } = records;
  const fields = fieldsOf(resource);
  const posted = await readForm(c);
  const found = readFound(posted[foundName]);
  const values = withoutStale(resource, postedValues(fields, valuesOf(fields, null), posted), found);
  try {
    const apart = stillElsewhere(parts.one, null, { values, problem: null });
    const record = await records.create(inputOf(resource, values, apart));
    const done: Done = view.form?.created?.(c, record) ?? `${resource.type}-created`;
    return c.redirect(withDone(`/${resource.path}/${record.id}`, done), 303);
  } catch (error) {
    return c.html(await renderNew(c, parts, { values, problem: inputProblem(error) }, { found }), 422);
  }
}

/** *Find settings*: the same form again, filled in by the address in it. Nothing is saved. */
async function find(c: ConsoleContext, parts: FormParts): Promise<Response> {
  const { records, view } = parts.one;
  const { resource } = records;
  const { discovery } = view.form ?? {};
  if (!discovery) return c.notFound();
  const fields = fieldsOf(resource);
  const usual = valuesOf(fields, null);
  const posted = await readForm(c);
  const before = readFound(posted[foundName]);
  const values = postedValues(fields, usual, posted);
  const { protocol, address } = discovery;
  try {
    const wanted = protocol === undefined ? undefined : typedIn(protocol, values, usual, before);
    const discovered = await discovery.discover(values[address ?? addressName], wanted);
    const filled = fillIn(resource, values, before, discovered.settings[resource.type] ?? []);
    const summary = renderDiscovery(discovered, discovery, secretsAgain(fields, posted));
    return c.html(
      await renderNew(c, parts, { values: filled.values, problem: null }, { found: filled.found, summary }),
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const page = await renderNew(c, parts, { values, problem: error }, { found: before });
    return c.html(page, problemStatus(error) as 422);
  }
}

/** No page shows a secret, so those that were typed must be typed again. */
function secretsAgain(fields: Fields, posted: Values): string[] {
  const labels = Object.entries(fields).flatMap(([name, { role, label }]) =>
    role === 'secret' && posted[name] ? [label.toLowerCase()] : [],
  );
  return labels.length === 0 ? [] : [`Enter the ${labels.join(' and the ')} again: it is shown on no page.`];
}

async function edit(c: ConsoleContext, parts: FormParts, id: string, path: string): Promise<Response> {
  const { records } = parts.one;
  const record = await records.get(id);
  const values = valuesOf(fieldsOf(records.resource), asJson(record));
  return c.html(await renderEdit(c, parts, record, path, { values, problem: null }));
}

/**
 * Where somebody else has changed it meanwhile, the form comes back as it was filled in, with what is there now: saving
 * again is then a decision.
 */
async function update(c: ConsoleContext, parts: FormParts, id: string, path: string): Promise<Response> {
  const { records } = parts.one;
  const { resource } = records;
  const record = await records.get(id);
  const fields = fieldsOf(resource);
  const { [versionName]: version, ...posted } = await readForm(c);
  const seen = version ? Number(version) : undefined;
  const values = postedValues(fields, valuesOf(fields, asJson(record)), posted);
  try {
    const apart = stillElsewhere(parts.one, record, { values, problem: null });
    await records.update(id, inputOf(resource, values, apart), seen);
    return c.redirect(withDone(path, `${resource.type}-saved`), 303);
  } catch (error) {
    const problem = inputProblem(error);
    if (problem.kind === 'changed')
      return c.html(await renderEdit(c, parts, await records.get(id), path, { values, problem }), 412);
    const before: ResourceRecord = { ...record, ...(seen !== undefined && { version: seen }) };
    return c.html(await renderEdit(c, parts, before, path, { values, problem }), 422);
  }
}

/** References that an address names, as from the page of the record that they lead to; and whose settings to find. */
function namedIn({ one }: FormParts, query: Values): Values {
  const fields = fieldsOf(one.records.resource);
  const isOfForm = one.view.form?.discovery?.address === null;
  return Object.fromEntries(
    Object.entries(query).filter(
      ([name]) =>
        (fields[name] && typeOf(fields[name].control) !== null) || (isOfForm && name === addressName),
    ),
  );
}
