import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { describeCertificate } from '../../src/oauth/client-auth/key-pair.ts';
import { makeSelfSigned } from '../../src/oauth/client-auth/self-signed.ts';
import { type Registration, registrationOf } from '../../src/setup/azure/registration.ts';
import { scripts } from '../../src/setup/azure/scripts/index.ts';
import { hcl, powershell, shell } from '../../src/setup/quoting.ts';
import { endings } from '../endings.ts';
import { type AzureWorld, administratorToken, all, madeOf, startAzureWorld } from './azure-world.ts';

const run = promisify(execFile);

/** Names that mean something in a shell, in PowerShell, in HCL or in JSON, each around a word that must stay within. */
const hostile = [
  `it's "quoted" HOSTILE`,
  '$(touch HOSTILE) `touch HOSTILE`',
  "'; touch HOSTILE; '",
  '"; touch HOSTILE; "',
  '’; touch HOSTILE; ‘ ‚ ‛',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what Terraform would take for a template
  '${HOSTILE} %{if HOSTILE} $${HOSTILE} %%{HOSTILE}',
  '\\ HOSTILE \\',
  '\\"HOSTILE\\',
  '$HOSTILE @(HOSTILE) #HOSTILE //HOSTILE /*HOSTILE*/',
  '!HOSTILE ~ * ? {HOSTILE,b}',
  '<<HOSTILE',
];

const everything =
  'Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All AppRoleAssignment.ReadWrite.All';
const grants = ['authorization_code', 'client_credentials'] as const;
const credentials = ['certificate', 'secret'] as const;

async function registrations(name: string) {
  const { certificate } = await makeSelfSigned('Letterbox');
  return grants.flatMap((grant) =>
    credentials.map((clientAuthentication) =>
      registrationOf(
        {
          id: 'azs_1',
          name,
          clientId: null,
          grant,
          uses: ['imap', 'graph', 'smtp'],
          clientAuthentication,
          certificate: clientAuthentication === 'certificate' ? describeCertificate(certificate) : null,
        },
        'https://letterbox.example',
      ),
    ),
  );
}

function scriptOf(kind: string) {
  const found = scripts.find(({ name }) => name === kind);
  assert.ok(found);
  return found;
}

const context = { cloud: 'worldwide', graph: 'https://graph.microsoft.com', tenant: null } as const;

/** A shell that finds the lab’s `az` and does not sleep. */
function shellOf(world: AzureWorld, token: string) {
  const bin = join(world.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const az = join(import.meta.dirname, 'fake-az.ts');
  program('az', `exec '${process.execPath}' --disable-warning=ExperimentalWarning '${az}' "$@"`);
  program('sleep', 'exit 0');
  const certificate = join(world.folder, 'ca.pem');
  writeFileSync(certificate, world.certificates.caPem);
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    NODE_EXTRA_CA_CERTS: certificate,
    LAB_AZ: JSON.stringify([token, world.authority.tenant, world.directory.origin]),
  };
  const folder = join(world.folder, 'run');
  mkdirSync(folder, { recursive: true });
  return async (text: string) => {
    writeFileSync(join(folder, 'script.sh'), text);
    const { stdout, stderr } = await run('bash', ['script.sh'], { cwd: folder, env });
    const printed = (label: string) => new RegExp(`^${label}:? +(\\S+)$`, 'm').exec(stdout)?.[1];
    return {
      stderr,
      clientId: printed('Application \\(client\\) ID'),
      tenant: printed('Directory \\(tenant\\) ID'),
      clientSecret: printed('Client secret \\(Value\\)'),
    };
  };
}

test('the script for Azure CLI makes what the automatic set-up makes, and what it prints is all that is needed', async (t) => {
  const world = await startAzureWorld(t);
  const bash = shellOf(world, await administratorToken(world, everything));
  const { directory, setups } = world;
  for (const [index, grant] of grants.entries()) {
    const clientAuthentication = credentials[index];
    const wanted = { grant, clientAuthentication, uses: ['imap', 'graph', 'graph-send'] };
    const { id } = await world.begin({ name: hostile[index], ...wanted });
    const [cli] = await setups.scripts(id);
    assert.ok(cli);
    // Twice: what it makes is known late at first, and the second time around all of it is there
    directory.faults.lag.reads = 2;
    const first = await bash(cli.text);
    assert.match(first.stderr, /Waiting for Microsoft's directory/);
    directory.faults.lag.reads = 0;
    const once = directory.snapshot() as { applications: { passwordCredentials: unknown[] }[] };
    const second = await bash(cli.text);
    assert.equal(second.clientId, first.clientId);
    const twice = structuredClone(directory.snapshot()) as typeof once;
    // A secret cannot be shown a second time: the second run makes another
    if (clientAuthentication === 'secret') twice.applications.at(-1)?.passwordCredentials.pop();
    assert.deepEqual(twice, once);

    const automatic = await world.setUp({ name: `automatic ${index}`, ...wanted });
    const { appId } = await setups.get(automatic.id);
    assert.deepEqual(appOf(world, first.clientId), appOf(world, appId ?? undefined));
    const made = directory.applications().find((one) => one.appId === first.clientId);
    assert.equal(made?.displayName, hostile[index]);

    const { clientId, tenant, clientSecret } = second;
    await all(setups.enter(id, { clientId, tenant, ...(clientSecret && { clientSecret }) }));
    const { profileId, finishedAt } = await setups.get(id);
    assert.ok(finishedAt);
    if (grant === 'client_credentials')
      assert.equal((await world.profiles.get(profileId)).state, 'connected');
  }
  assert.equal(madeOf(world).applications, 4);
});

/** What there is of an app, without what each has of its own. */
function appOf({ directory }: AzureWorld, clientId: string | undefined) {
  const app = directory.applications().find((one) => one.appId === clientId);
  const principal = directory.servicePrincipals().find((one) => one.appId === clientId);
  assert.ok(app && principal);
  const { signInAudience, web, requiredResourceAccess, keyCredentials } = app;
  return {
    signInAudience,
    web,
    required: requiredResourceAccess
      .flatMap((one) => one.resourceAccess.map(({ type, id }) => `${one.resourceAppId} ${type} ${id}`))
      .toSorted(),
    keys: keyCredentials.length,
    tags: principal.tags.length,
    roles: directory
      .assignments()
      .filter(({ principalId }) => principalId === principal.id)
      .map(({ appRoleId }) => appRoleId)
      .toSorted(),
    scopes: directory
      .grants()
      .filter((grant) => grant.clientId === principal.id)
      .map(({ resourceId, scope }) => `${resourceId} ${scope.split(' ').toSorted()}`)
      .toSorted(),
  };
}

test('no name of an app gets out of its quotes in a shell', async (t) => {
  const world = await startAzureWorld(t);
  const bash = shellOf(world, await administratorToken(world, everything));
  const cli = scriptOf('azure-cli');
  for (const name of hostile)
    assert.equal((await run('bash', ['-c', `printf %s ${shell(name)}`])).stdout, name);
  for (const half of [0, 1]) {
    const name = hostile.filter((_one, index) => index % 2 === half).join(' ');
    const registration = { ...(await registrations(name))[half * 2], uniqueName: `letterbox-${half}` };
    await bash(cli.write(registration as Registration, { ...context, graph: world.directory.origin }));
    assert.equal(world.directory.applications().at(-1)?.displayName, name);
  }
  // In the folder of the run there is nothing but the script
  const { stdout } = await run('ls', ['-A', join(world.folder, 'run')]);
  assert.equal(stdout.trim(), 'script.sh');
});

test('every script for bash is one that bash reads', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-scripts-'));
  endings(t)(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'script.sh');
  for (const name of ['plain', ...hostile])
    for (const registration of await registrations(name)) {
      writeFileSync(file, scriptOf('azure-cli').write(registration, context));
      assert.equal((await run('bash', ['-n', file])).stderr, '');
    }
});

/** PowerShell without its literal strings and comments (about_Quoting_Rules), and what those strings are. */
function readPowershell(text: string): { rest: string; strings: string[] } {
  const strings: string[] = [];
  const single = /['‘’‚‛]((?:[^'‘’‚‛]|['‘’‚‛]{2})*)['‘’‚‛]/;
  const token = new RegExp(`#[^\n]*|"(?:[^"\`]|\`.|"")*"|${single.source}`, 'gu');
  const rest = text.replace(token, (found: string, inner: string | undefined) => {
    if (inner === undefined) return found.startsWith('#') ? '' : found;
    strings.push(inner.replace(/(['‘’‚‛])['‘’‚‛]/g, '$1'));
    return '';
  });
  return { rest, strings };
}

test('no name of an app gets out of its quotes in PowerShell, and brackets match', async () => {
  for (const name of hostile) {
    assert.deepEqual(readPowershell(powershell(name)), { rest: '', strings: [name] });
    for (const registration of await registrations(name)) {
      const { rest, strings } = readPowershell(scriptOf('graph-powershell').write(registration, context));
      assert.doesNotMatch(rest, /HOSTILE/);
      assert.ok(strings.includes(name));
      assertBalanced(rest);
    }
  }
});

/** HCL without quoted templates and comments (HCL native syntax specification), and what those are as literals. */
function readHcl(text: string): { rest: string; strings: string[] } {
  const strings: string[] = [];
  const rest = text.replace(/#[^\n]*|"((?:[^"\\]|\\.)*)"/g, (_found, inner: string | undefined) => {
    if (inner === undefined) return '';
    assert.doesNotMatch(inner.replaceAll('$${', '').replaceAll('%%{', ''), /[$%]\{/, 'no template in it');
    strings.push(inner.replace(/\\(.)/g, '$1').replace(/([$%])\1\{/g, '$1{'));
    return '"…"';
  });
  return { rest, strings };
}

test('no name of an app gets out of its quotes in Terraform, and all that it refers to is there', async () => {
  for (const name of hostile) {
    assert.deepEqual(readHcl(hcl(name)), { rest: '"…"', strings: [name] });
    for (const registration of await registrations(name)) {
      const text = scriptOf('terraform').write(registration, { ...context, tenant: 'contoso.example' });
      const { rest, strings } = readHcl(text);
      assert.doesNotMatch(rest, /HOSTILE/);
      assert.ok(strings.includes(name));
      assertBalanced(rest);
      const declared = new Set([
        ...[...text.matchAll(/^resource "(\w+)" "(\w+)" \{$/gm)].map(([, type, label]) => `${type}.${label}`),
        ...[...text.matchAll(/^data "(\w+)" "(\w+)" \{/gm)].map(([, type, label]) => `data.${type}.${label}`),
        ...[...text.matchAll(/^ {2}(\w+_(?:scopes|roles)) += /gm)].map(([, label]) => `local.${label}`),
      ]);
      const referred = [
        ...rest.matchAll(/\b(data\.azuread_\w+\.\w+|(?<![.\w])azuread_\w+\.\w+|local\.\w+)/g),
      ];
      assert.ok(referred.length > 10);
      for (const [reference] of referred) assert.ok(declared.has(reference), reference);
    }
  }
});

test('each script asks for exactly the permissions, redirect URIs and credential of the automatic set-up', async () => {
  for (const registration of await registrations('Contoso'))
    for (const { name, write } of scripts) {
      const text = write(registration, context);
      for (const { value } of registration.permissions)
        assert.match(text, new RegExp(`["']${value.replaceAll('.', '\\.')}["']`), name);
      for (const other of [
        'full_access_as_app',
        'EWS.AccessAsUser.All',
        'Directory.ReadWrite.All',
        'Mail.Send',
      ])
        assert.ok(!text.includes(`'${other}'`) && !text.includes(`"${other}"`), `${name}: ${other}`);
      for (const uri of registration.redirectUris) assert.ok(text.includes(uri), name);
      assert.equal(text.includes('oauth/callback'), registration.redirectUris.length > 0);
      assert.equal(
        text.includes(registration.certificate?.key ?? 'no certificate'),
        registration.certificate !== null,
      );
      assert.doesNotMatch(text, /PRIVATE KEY/);
    }
});

test('a control character in a name does nothing where a script is pasted into a console', () => {
  for (const quoted of [shell, powershell, hcl])
    assert.doesNotMatch(quoted('a\u0003\u001b[201~\r\nb\u2028c\u202e'), /[\p{C}\u2028]/u);
});

function assertBalanced(text: string): void {
  const open: string[] = [];
  const closes: Record<string, string> = { ')': '(', '}': '{', ']': '[' };
  for (const char of text) {
    if ('({['.includes(char)) open.push(char);
    const opened = closes[char];
    if (opened) assert.equal(open.pop(), opened);
  }
  assert.deepEqual(open, []);
}
