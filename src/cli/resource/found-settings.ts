import type { Discovery, Setting } from '../../discovery/discovery.ts';
import { Problem } from '../../model/problem.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, type Resource } from '../../resources/resource.ts';
import type { Call } from '../command.ts';
import { problemText } from '../problem-text.ts';
import { askText, canAsk, confirm } from '../prompt.ts';
import type { Typed } from './typed.ts';

/** Resources that settings can be found for. */
const findable: Record<
  string,
  { address: string | null; found: readonly string[]; what: string } | undefined
> = {
  profile: {
    address: null,
    found: ['provider', 'authentication', 'tenant', 'cloud', 'issuer', 'authorizationUrl', 'tokenUrl'],
    what: 'provider and tenant',
  },
  server: {
    address: 'address',
    found: ['host', 'port', 'security', 'username'],
    what: 'the mail server',
  },
  'outgoing-server': {
    address: 'address',
    found: ['kind', 'host', 'port', 'security', 'username'],
    what: 'the mail server',
  },
};

const where = 'in the DNS, at Microsoft, at its domain and in Thunderbird’s database';

/**
 * On a terminal: settings that nobody gave are looked for by the mail address, if the person wants it, and taken, if they
 * say so. What was given stays.
 */
export async function askForSettings(call: Call, resource: Resource, typed: Typed): Promise<void> {
  const one = findable[resource.type];
  if (!one || !canAsk(call) || one.found.some((path) => typed.has(path))) return;
  const address = await addressToFindBy(call, one, typed);
  if (address === null) return;
  const found = await discover(call, address, typed.get('protocol'));
  const settings = found ? usable(resource, found.settings[resource.type] ?? [], typed) : [];
  if (found) call.out.remark([found.summary, ...found.remarks, ...told(resource, settings)].join('\n'));
  if (settings.length === 0 || !(await confirm(call, 'Take these?'))) return;
  for (const { field, value } of settings)
    typed.set(field, valueAsText(fieldsOf(resource), { [field]: value }, field));
}

async function addressToFindBy(
  call: Call,
  { address, what }: { address: string | null; what: string },
  typed: Typed,
): Promise<string | null> {
  if (address === null) {
    const given = await askText(call, `Mail address to find ${what} by, ${where} (empty: find nothing)`);
    return given === '' ? null : given;
  }
  const given = String(typed.get(address) ?? '');
  const wanted = given !== '' && (await confirm(call, `Find ${what} of ${given}, ${where}?`));
  return wanted ? given : null;
}

/** What cannot be found is no reason not to add what was given. */
async function discover(call: Call, address: string, protocol: unknown): Promise<Discovery | null> {
  const query = new URLSearchParams({ address, ...(typeof protocol === 'string' && { protocol }) });
  try {
    return await (await call.api()).request<Discovery>('GET', `/api/discovery?${query}`);
  } catch (error) {
    call.out.remark(problemText(Problem.from(error)));
    return null;
  }
}

/** Those that say something, and of the kind that was given. */
function usable({ kind }: Resource, settings: Setting[], typed: Typed): Setting[] {
  const given = kind && typed.get(kind.field);
  const found = settings.find(({ field }) => field === kind?.field)?.value;
  if (given !== undefined && found !== undefined && given !== found) return [];
  return settings.filter(({ field, value }) => value !== null && !typed.has(field));
}

/** Each value for a person: what it is, and from where. */
export function told(resource: Resource, settings: Setting[]): string[] {
  const fields = fieldsOf(resource);
  return settings.map(({ field, value, from, remark }) => {
    const shown = value === null ? 'nothing' : fields[field]?.show(value as Json[string]);
    const more = remark === null ? '' : ` ${remark}`;
    return `  ${fields[field]?.label ?? field}: ${shown ?? value}, found in ${from}.${more}`;
  });
}
