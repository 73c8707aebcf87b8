import type { FieldProblem } from '../../model/problem.ts';
import { isGuid, isTenant, manyTenants } from '../../oauth/authorities/microsoft/urls.ts';
import type { Change, ResourceRecord } from '../../resources/resource.ts';

/** What a set-up says that may contradict something. */
interface Said {
  name: string;
  tenant: string | null;
  clientId: string | null;
  signInClientId: string | null;
  mailbox: string | null;
  loginUrl: string | null;
  graphUrl: string | null;
}

/** What would go wrong far from the cause; told while the administrator still looks at the form. */
export async function setupProblems(setup: Said, { others, before }: Change): Promise<FieldProblem[]> {
  const found: FieldProblem[] = [];
  for (const field of ['clientId', 'signInClientId'] as const) {
    const given = setup[field];
    if (given !== null && !isGuid(given))
      found.push({ field, expected: 'an Application (client) ID, a GUID', given });
  }
  const { tenant } = setup;
  if (tenant !== null && (!isTenant(tenant) || manyTenants.includes(tenant.toLowerCase())))
    found.push({
      field: 'tenant',
      expected: 'a tenant ID (a GUID) or a verified domain such as contoso.com',
      given: tenant,
    });
  found.push(...urlProblems(setup));
  if (before !== null) return found;
  const named = async (type: string) =>
    (await others.list<ResourceRecord>(type)).some(({ name }) => name === setup.name);
  if ((await named('profile')) && !(await named('azure-setup')))
    found.push({
      field: 'name',
      expected: 'a name that no credential profile has',
      given: setup.name,
    });
  const servers = await others.list<ResourceRecord & { address: string }>('server');
  const mailbox = setup.mailbox?.toLowerCase();
  const reading = servers.find(({ name, address }) =>
    [name, address].some((it) => it.toLowerCase() === mailbox),
  );
  if (reading && setup.mailbox !== null)
    found.push({
      field: 'mailbox',
      expected: `a mailbox that is not read yet; ${reading.name} reads this one`,
      given: setup.mailbox,
    });
  return found;
}

/** Another cloud is known by where it signs people in and where its Graph is; what is behind the host is the same. */
function urlProblems(setup: Said): FieldProblem[] {
  const pairs = [
    ['loginUrl', setup.loginUrl, setup.graphUrl],
    ['graphUrl', setup.graphUrl, setup.loginUrl],
  ] as const;
  return pairs.flatMap(([field, own, other]) => {
    if (own === null)
      return other === null
        ? []
        : [{ field, expected: 'the other URL of that cloud as well', given: 'nothing' }];
    const { pathname, search } = new URL(own);
    return pathname === '/' && search === ''
      ? []
      : [{ field, expected: `a host only, such as ${new URL(own).origin}`, given: own }];
  });
}
