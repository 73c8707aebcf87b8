import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { configSchema } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import { proxyTo } from '../../src/network/proxy.ts';
import { warnOfProxyVariables } from '../../src/network/proxy-variables.ts';
import type { Log } from '../../src/telemetry/log.ts';
import { temporaryFolder } from '../sources/setting.ts';
import { type ProxySettings, throughProxy } from './scripted-proxy.ts';

const url = 'http://proxy.contoso.com:3128';

/** The fields that are named as wrong. */
function wrong(t: TestContext, settings: ProxySettings): string[] {
  try {
    throughProxy(t, settings);
    return [];
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'input.invalid');
    return (error.fields ?? []).map(({ field }) => field);
  }
}

test('settings that contradict are refused, each by its name, and no password is told', async (t) => {
  const [username, password] = ['letterbox', 'a-secret'];
  const folder = await temporaryFolder(t);
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const passwordFile = file('password', 'a-secret\n');
  for (const [settings, fields] of [
    [{}, []],
    [{ url }, []],
    [{ url, username, password }, []],
    [{ url, username, passwordFile }, []],
    [{ username, password }, ['url']],
    [{ passwordFile }, ['url', 'username']],
    [{ url, username }, ['password']],
    [{ url, password }, ['username']],
    [{ url, username, password, passwordFile }, ['passwordFile']],
    [{ url, username, passwordFile: join(folder, 'none') }, ['passwordFile']],
    [{ url, username, passwordFile: file('empty', '\n') }, ['passwordFile']],
    [{ url, username, passwordFile: file('two-lines', 'a-secret\nmore\n') }, ['passwordFile']],
  ] as const)
    assert.deepEqual(
      wrong(t, settings),
      fields.map((field) => `network.proxy.${field}`),
      JSON.stringify(settings),
    );
  throughProxy(t, { url, username, passwordFile });
  assert.deepEqual(proxyTo('mail.contoso.com')?.signIn, { username, password });
});

test('without a proxy everything is connected to directly', (t) => {
  throughProxy(t, {});
  assert.equal(proxyTo('mail.contoso.com'), null);
});

test('names are excepted as names and addresses as addresses; this machine and what is linked to it are always', (t) => {
  const except = [
    'Mail.contoso.com',
    '*.intern.contoso.com',
    '10.0.0.0/8',
    '192.0.2.7',
    'fd00::/8',
    '2001:db8::1',
  ];
  throughProxy(t, { url, except });
  const directly = [
    ...['mail.contoso.com', 'MAIL.CONTOSO.COM', 'mail.contoso.com.', 'a.b.intern.contoso.com'],
    ...['10.1.2.3', '192.0.2.7', '::ffff:10.1.2.3', 'fd12::1', '[fd12::1]', '2001:DB8:0:0::1'],
    ...['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '0.0.0.0', '::'],
    ...['::ffff:127.0.0.1', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
  ];
  const through = [
    ...['contoso.com', 'intern.contoso.com', 'evilmail.contoso.com', 'mail.contoso.com.evil.example'],
    ...['11.0.0.1', '192.0.2.8', '2001:db8::2', 'localhost.contoso.com', 'notlocalhost', '170.254.0.1'],
  ];
  for (const host of directly) assert.equal(proxyTo(host), null, host);
  for (const host of through) assert.equal(proxyTo(host)?.url.origin, url, host);
});

test('the configuration takes hosts, domains, addresses and networks, and nothing that looks like them', () => {
  const takes = (entry: string) =>
    configSchema.safeParse({ network: { proxy: { except: [entry] } } }).success;
  for (const entry of ['a', 'mail.contoso.com', '*.contoso.com', '10.0.0.0/8', '10.0.0.1', '::1', 'fd00::/8'])
    assert.ok(takes(entry), entry);
  for (const entry of [
    ...['', '*', '.contoso.com', 'contoso.com:443', 'https://contoso.com', '10.0.0.0/33', '10.0.0.300'],
    ...['10.*', 'mail.*.com', 'a b', '10.0.0.1-10.0.0.9', 'fd00::/129'],
  ])
    assert.ok(!takes(entry), entry);
});

test('a proxy that only the environment names is told, by name and without its value, and is not used', (t) => {
  throughProxy(t, {});
  const told: { facts: { variables: string[]; remedy: string }; text: string }[] = [];
  const log = { warn: (facts: never, text: string) => told.push({ facts, text }) } as unknown as Log;
  warnOfProxyVariables({ PATH: '/bin', no_proxy: '*', HTTP_PROXY: '' }, log);
  assert.equal(told.length, 0);
  const secret = 'http://letterbox:a-secret@proxy.contoso.com:3128';
  warnOfProxyVariables({ https_proxy: secret, ALL_PROXY: secret, HTTP_PROXY: secret }, log);
  assert.deepEqual(told[0]?.facts.variables, ['https_proxy', 'ALL_PROXY', 'HTTP_PROXY']);
  assert.match(told[0]?.facts.remedy ?? '', /network\.proxy\.url/);
  assert.doesNotMatch(JSON.stringify(told), /a-secret/);
  assert.equal(proxyTo('mail.contoso.com'), null);
});
