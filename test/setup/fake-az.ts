/**
 * Stands in for Azure CLI, as far as the exported script uses it, by its documented commands and with its own manners:
 * `az rest` with the token of whoever is signed in, `--query` (JMESPath: a name, or a filter and its first), `--output tsv`.
 * What is answered with an error ends it with 1.
 */

const [token = '', tenant = '', graph = ''] = JSON.parse(process.env.LAB_AZ ?? '[]');

function optionsOf(args: string[]): Map<string, string[]> {
  const options = new Map<string, string[]>();
  let values: string[] = [];
  for (const arg of args) {
    if (!arg.startsWith('--')) values.push(arg);
    else {
      values = [];
      options.set(arg, values);
    }
  }
  return options;
}

function query(json: unknown, path: string): unknown {
  const [, list, name, value, field] = /^(\w*)\[\?(\w+)=='([^']*)'\]\.(\w+) \| \[0\]$/.exec(path) ?? [];
  if (name === undefined) {
    if (!/^\w+$/.test(path)) throw new Error(`not understood: ${path}`);
    return (json as Record<string, unknown>)[path];
  }
  const all = (list ? (json as Record<string, unknown>)[list] : json) as Record<string, unknown>[];
  return all.filter((one) => one[name] === value).map((one) => one[field ?? ''])[0];
}

async function rest(method: string, url: string, headers: string[], body?: string): Promise<unknown> {
  const given = headers.map((header) => header.split('=', 2) as [string, string]);
  const response = await fetch(url, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${token}`, ...Object.fromEntries(given) },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

async function credential(action: string, options: Map<string, string[]>): Promise<unknown> {
  const of = (name: string) => options.get(name)?.[0];
  const json = ['Content-Type=application/json'];
  const filter = encodeURIComponent(`appId eq '${of('--id')}'`);
  const { value } = (await rest('get', `${graph}/v1.0/applications?$filter=${filter}`, [])) as {
    value: { id: string }[];
  };
  const app = `${graph}/v1.0/applications/${value[0]?.id}`;
  const { keyCredentials } = (await rest('get', `${app}?$select=keyCredentials`, [])) as {
    keyCredentials: object[];
  };
  if (action === 'list') return options.has('--cert') ? keyCredentials : [];
  if (!options.has('--append')) throw new Error('it would take away what is there');
  const displayName = of('--display-name');
  if (options.has('--cert')) {
    const key = { type: 'AsymmetricX509Cert', usage: 'Verify', key: of('--cert'), displayName };
    await rest('patch', app, json, JSON.stringify({ keyCredentials: [...keyCredentials, key] }));
    return { appId: of('--id') };
  }
  const endDateTime = new Date(Date.now() + Number(of('--years')) * 365 * 86_400_000).toISOString();
  const added = JSON.stringify({ passwordCredential: { displayName, endDateTime } });
  const { secretText } = (await rest('post', `${app}/addPassword`, json, added)) as { secretText: string };
  return { appId: of('--id'), password: secretText };
}

async function run(args: string[]): Promise<unknown> {
  const command = args
    .slice(
      0,
      args.findIndex((arg) => arg.startsWith('--')),
    )
    .join(' ');
  const options = optionsOf(args);
  const of = (name: string) => options.get(name)?.[0] ?? '';
  if (command === 'account show') return { tenantId: tenant };
  if (command === 'rest') {
    // Spaces of a filter are encoded by it
    const url = of('--url').replaceAll(' ', '%20');
    return rest(of('--method'), url, options.get('--headers') ?? [], options.get('--body')?.[0]);
  }
  const [, action] = /^ad app credential (reset|list)$/.exec(command) ?? [];
  if (action === undefined) throw new Error(`not understood: ${command}`);
  return credential(action, options);
}

const args = process.argv.slice(2);
try {
  const answer = await run(args);
  const options = optionsOf(args);
  const path = options.get('--query')?.[0];
  const shown = path === undefined ? answer : query(answer, path);
  if (options.get('--output')?.[0] === 'tsv' && shown !== undefined && shown !== null)
    console.log(String(shown));
} catch (error) {
  console.error(`ERROR: ${(error as Error).message}`);
  process.exitCode = 1;
}
