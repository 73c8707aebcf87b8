import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { type FieldProblem, Problem } from '../../src/model/problem.ts';

/** Loads with a `letterbox.yaml` in the working folder, or without one. */
function load(t: TestContext, yaml: string | null, environment: Record<string, string> = {}, file?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  if (yaml !== null) writeFileSync(join(folder, 'letterbox.yaml'), yaml);
  writeFileSync(join(folder, 'other.yaml'), 'log: { level: debug }\n');
  return loadConfig({ file, environment, folder });
}

function refusal(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, 'input.invalid');
    return error;
  }
  return assert.fail('nothing was refused');
}

const refused = (
  t: TestContext,
  yaml: string | null,
  environment: Record<string, string> = {},
): FieldProblem[] => refusal(() => load(t, yaml, environment)).fields ?? [];

test('without any configuration there are defaults', (t) => {
  const { listen, dataFolder, delivery } = load(t, null, { PATH: '/bin' });
  assert.deepEqual(listen, { host: '0.0.0.0', port: 8443, trustedProxies: [] });
  assert.equal(dataFolder, './data');
  assert.deepEqual(delivery.allowPrivateAddresses, []);
});

test('the environment wins over the file, and the file over the defaults, setting by setting', (t) => {
  const config = load(
    t,
    'listen: { host: 127.0.0.1, port: 1000 }\ndelivery:\n  allowPrivateAddresses: [10.0.0.0/8]\n',
    {
      LETTERBOX_LISTEN_PORT: '2000',
      LETTERBOX_PUBLIC_URL: 'https://MAIL.contoso.com/',
      LETTERBOX_DELIVERY_ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8, fd00::/8',
      LETTERBOX_DELIVERY_FIRST_RETRY_SECONDS: '0.5',
      LETTERBOX_RETENTION_SOURCE_DAYS: '30',
      LETTERBOX_RETENTION_MESSAGE_DAYS: 'null',
    },
  );
  assert.deepEqual(config.listen, { host: '127.0.0.1', port: 2000, trustedProxies: [] });
  assert.equal(config.publicUrl, 'https://mail.contoso.com');
  assert.deepEqual(config.delivery.allowPrivateAddresses, ['127.0.0.0/8', 'fd00::/8']);
  assert.equal(config.delivery.firstRetrySeconds, 0.5);
  assert.deepEqual(config.retention, { sourceDays: 30, messageDays: null });
  assert.equal(config.delivery.concurrency, 8);
});

test('the file is the one asked for: --config, else LETTERBOX_CONFIG, else letterbox.yaml', (t) => {
  const yaml = 'log: { level: error }';
  assert.equal(load(t, yaml).log.level, 'error');
  assert.equal(load(t, yaml, { LETTERBOX_CONFIG: 'other.yaml' }).log.level, 'debug');
  assert.equal(load(t, yaml, { LETTERBOX_CONFIG: 'nowhere.yaml' }, 'other.yaml').log.level, 'debug');
  assert.deepEqual(refused(t, yaml, { LETTERBOX_CONFIG: 'nowhere.yaml' }), [
    { field: 'LETTERBOX_CONFIG', expected: 'a file that can be read', given: 'nowhere.yaml (ENOENT)' },
  ]);
  assert.equal(refusal(() => load(t, yaml, {}, '.')).fields?.[0]?.field, '--config');
});

test('JSON is YAML, and a file or a section with comments only says nothing', (t) => {
  assert.equal(load(t, '{"listen": {"port": 1}}').listen.port, 1);
  assert.equal(load(t, '# nothing yet\n').listen.port, 8443);
  assert.equal(load(t, 'listen:\n  # port: 1\nlog:\n').listen.port, 8443);
});

test('everything wrong, wherever it stands, is refused at once: name, expectation, what was given, and where', (t) => {
  const yaml = `publicUrl: http://mail.contoso.com
listen:
  port: 70000
  hots: 127.0.0.1
tls:
  trust: ca.pem
log:
  level: chatty
intake: 3
retention:
  sourceDays: 0
delivery:
  allowPrivateAddresses:
    - 10.0.0.0/8
    - 10.0.0.1
  concurrency: 1.5
port: 1
`;
  const fields = refused(t, yaml, {
    LETTERBOX_LISTEN_PORT: '0x1f',
    LETTERBOX_DATA_FOLDER: '',
    LETTERBOX_LISTEN_HOTS: 'here',
    letterbox_log_level: 'info',
    LETTERBOX_TLS: 'x',
  });
  const at = (line: number) => `letterbox.yaml:${line}`;
  const variable = (name: string) => `environment variable ${name}`;
  assert.deepEqual(
    fields.toSorted((a, b) => a.field.localeCompare(b.field) || `${a.where}`.localeCompare(`${b.where}`)),
    [
      { field: 'dataFolder', expected: 'a path', given: 'nothing', where: variable('LETTERBOX_DATA_FOLDER') },
      {
        field: 'delivery.allowPrivateAddresses.1',
        expected: 'a network such as 10.1.0.0/16',
        given: '10.0.0.1',
        where: at(15),
      },
      {
        field: 'delivery.concurrency',
        expected: 'a whole number from 1 to 256',
        given: '1.5',
        where: at(16),
      },
      { field: 'intake', expected: 'named settings, indented below it', given: '3', where: at(9) },
      {
        field: 'LETTERBOX_LISTEN_HOTS',
        expected: 'a variable that is known; did you mean LETTERBOX_LISTEN_HOST?',
        where: 'environment',
      },
      {
        field: 'letterbox_log_level',
        expected: 'a variable that is known; did you mean LETTERBOX_LOG_LEVEL?',
        where: 'environment',
      },
      {
        field: 'LETTERBOX_TLS',
        expected: 'a variable that is known; did you mean LETTERBOX_TLS_KEY?',
        where: 'environment',
      },
      { field: 'listen.hots', expected: 'a setting that is known; did you mean listen.host?', where: at(4) },
      {
        field: 'listen.port',
        expected: 'a whole number from 0 to 65535',
        given: '0x1f',
        where: variable('LETTERBOX_LISTEN_PORT'),
      },
      { field: 'listen.port', expected: 'a whole number from 0 to 65535', given: '70000', where: at(3) },
      {
        field: 'log.level',
        expected: 'one of trace, debug, info, warn, error, silent',
        given: 'chatty',
        where: at(8),
      },
      { field: 'port', expected: 'a setting that is known; did you mean listen.port?', where: at(17) },
      {
        field: 'publicUrl',
        expected: 'a URL such as https://mail.contoso.com',
        given: 'http://mail.contoso.com',
        where: at(1),
      },
      { field: 'retention.sourceDays', expected: 'a number above 0, or null', given: '0', where: at(11) },
      { field: 'tls.trust', expected: 'a list, each entry a path', given: 'ca.pem', where: at(6) },
    ],
  );
});

test('a wrong value in the file is refused also where the environment says otherwise', (t) => {
  const fields = refused(t, 'listen: { port: none }', { LETTERBOX_LISTEN_PORT: '1' });
  assert.deepEqual(
    fields.map(({ where }) => where),
    ['letterbox.yaml:1'],
  );
});

test('the address that others reach this server by is one without a path', (t) => {
  for (const url of [
    'https://mail.contoso.com/letterbox',
    'https://mail.contoso.com/#x',
    'https://a:b@mail.contoso.com',
  ])
    assert.match(refused(t, `publicUrl: ${url}`)[0]?.expected ?? '', /nothing after it/, url);
  assert.equal(load(t, 'publicUrl: https://mail.contoso.com:443').publicUrl, 'https://mail.contoso.com');
});

test('broken YAML is refused in plain words with its line; what hangs on it is not reported too', (t) => {
  for (const [yaml, line, expected] of [
    ['log:\n  level: info\nlisten:\n\tport: 1\n', 4, /spaces to indent/],
    ['listen:\n   port: 1\n  host: x\n', 3, /same indentation/],
    ['dataFolder: "x\n', 2, /quote or bracket/],
    ['a: b: c\n', 1, /quotes around a value that has a colon/],
    ['a: 1\n---\nb: 2\n', 2, /one document/],
    ['dataFolder: @data\n', 1, /quotes around a value that begins with @/],
    ['dataFolder: "c:\\data"\n', 1, /no \\ but/],
    ['dataFolder: !env DATA\n', 1, /begins with !/],
    ['a: &x 1\ndataFolder: *x\n', 2, /aliases/],
    ['? [a]\n: 1\n', 1, /names of settings/],
    ['- a\nb: 1\n', 2, /YAML/],
  ] as const) {
    const fields = refused(t, yaml);
    assert.equal(fields.length, 1, yaml);
    assert.match(fields[0]?.expected ?? '', expected, yaml);
    assert.equal(fields[0]?.where, `letterbox.yaml:${line}`, yaml);
    assert.equal(fields[0]?.field, 'letterbox.yaml');
  }
});

test('a setting that stands twice is refused, along with all else that is wrong', (t) => {
  assert.deepEqual(refused(t, 'listen:\n  port: 1\n  port: 2\nlisten: {}\nlog: { level: loud }\n'), [
    { field: 'listen.port', expected: 'each setting once', where: 'letterbox.yaml:3' },
    { field: 'listen', expected: 'each setting once', where: 'letterbox.yaml:4' },
    {
      field: 'log.level',
      expected: 'one of trace, debug, info, warn, error, silent',
      given: 'loud',
      where: 'letterbox.yaml:5',
    },
  ]);
});

test('the file’s top is named settings, nothing else', (t) => {
  for (const yaml of ['just a text', '- a list\n', '5'])
    assert.deepEqual(
      refused(t, yaml).map(({ field, expected }) => [field, expected]),
      [['configuration', 'named settings, indented below it']],
    );
  assert.match(refused(t, '__proto__: { port: 1 }\n')[0]?.expected ?? '', /known/);
});

test('no secret is ever told, however it was mistaken', (t) => {
  const secret = 'Hush0Hush0Hush0Hush0Hush0Hush0Hush0Hush0Hus=';
  for (const yaml of [
    `masterKey: ${secret}`,
    `masterKey: { value: { nested: ${secret} } }`,
    `masterKey: { value: [${secret}] }`,
    `masterKey: { vaule: ${secret} }`,
    `masterkey: ${secret}`,
    `masterKey:\n  value: "${secret}`,
    `masterKey:\n  value: *${secret.slice(0, -1)}`,
    `masterKey:\n  value: !${secret.slice(0, -1)}`,
    `masterKey:\n  value: a: ${secret}`,
    `masterKey:\n\tvalue: ${secret}`,
    `masterKey:\n  value: ${secret}\n ${secret}: x`,
    secret,
    `publicUrl: https://admin:${secret}@mail.contoso.com`,
  ]) {
    const problem = refusal(() => load(t, yaml));
    assert.doesNotMatch(JSON.stringify(problem) + problem.message + problem.stack, /Hush/, yaml);
  }
  const problem = refusal(() =>
    load(t, null, { LETTERBOX_MASTER_KEY: secret, LETTERBOX_MASTERKEY_VALUE: secret }),
  );
  assert.doesNotMatch(JSON.stringify(problem), /Hush/);
});

test('what Kubernetes says of a Service called letterbox is nobody’s mistake', (t) => {
  load(t, null, {
    LETTERBOX_SERVICE_HOST: '10.0.0.1',
    LETTERBOX_SERVICE_PORT: '8443',
    LETTERBOX_SERVICE_PORT_HTTPS: '8443',
    LETTERBOX_PORT: 'tcp://10.0.0.1:8443',
    LETTERBOX_PORT_8443_TCP_ADDR: '10.0.0.1',
  });
});

test('a file too large to be a configuration is refused unread', (t) => {
  assert.match(refused(t, `# ${'x'.repeat(1024 * 1024)}\n`)[0]?.expected ?? '', /1 MiB/);
});
