import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { addressOf } from '../../src/http/client-address.ts';
import { customerNetwork, networkList } from '../../src/network/networks.ts';

const proxies = networkList(['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48']);
const from = (remoteAddress: string, headers: IncomingMessage['headers']) =>
  addressOf({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, proxies);

test('who is not a trusted proxy is taken for itself, whatever it says', () => {
  for (const headers of [{}, { 'x-forwarded-for': '198.51.100.1' }, { forwarded: 'for=198.51.100.1' }])
    assert.equal(from('203.0.113.5', headers), '203.0.113.5');
  assert.equal(from('::ffff:203.0.113.5', {}), '203.0.113.5');
});

test('what trusted proxies append is read from the right, up to the first that is none of them', () => {
  for (const [headers, client] of [
    [{ 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
    [{ 'x-forwarded-for': 'forged, 127.0.0.1, 198.51.100.1' }, '198.51.100.1'],
    [{ 'x-forwarded-for': '198.51.100.1, 10.9.9.9, 192.0.2.7' }, '198.51.100.1'],
    [{ 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
    [{ 'x-forwarded-for': '2001:db8:9::1' }, '2001:db8:9::1'],
    [{ 'x-forwarded-for': '[2001:db8:9::1]:4711' }, '2001:db8:9::1'],
    [{ forwarded: 'for=forged;proto=https, for="[2001:db8:9::1]:4711"' }, '2001:db8:9::1'],
    [{ forwarded: 'proto=https;By=10.0.0.1;For=198.51.100.1' }, '198.51.100.1'],
    [{ forwarded: 'for=198.51.100.1', 'x-forwarded-for': '198.51.100.2' }, '198.51.100.1'],
  ] as const)
    assert.equal(from('10.0.0.1', headers), client, JSON.stringify(headers));
});

test('a proxy that names nobody, or something else than an address, is itself the client', () => {
  for (const headers of [
    {},
    { 'x-forwarded-for': '' },
    { 'x-forwarded-for': '198.51.100.1, unknown' },
    { forwarded: 'for=_hidden' },
    { forwarded: 'proto=https' },
  ])
    assert.equal(from('10.0.0.1', headers), '10.0.0.1', JSON.stringify(headers));
});

test('an address counts with its /64 of IPv6, however it is written', () => {
  for (const address of ['2001:db8::1', '2001:db8:0:0:ffff::1', '2001:0DB8:0000::9%eth0'])
    assert.equal(customerNetwork(address), customerNetwork('2001:db8::'), address);
  assert.notEqual(customerNetwork('2001:db8:0:1::1'), customerNetwork('2001:db8::'));
  assert.equal(customerNetwork('::ffff:192.0.2.1'), '192.0.2.1');
});
