import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Problem } from '../../src/model/problem.ts';
import { openSocket } from '../../src/network/connect.ts';
import { explainNetwork } from '../../src/network/explain.ts';
import { until } from '../until.ts';
import { type ProxySettings, startScriptedProxy, throughProxy } from './scripted-proxy.ts';

const peer = {
  name: 'Support',
  protocol: 'imap',
  host: 'mail.contoso.test',
  port: 993,
  security: 'tls',
} as const;
const established = 'HTTP/1.1 200 Connection established\r\n\r\n';
const signIn = { username: 'letterbox', password: 'a proxy’s password' };
const credentials = Buffer.from(`${signIn.username}:${signIn.password}`).toString('base64');

/** Long where something comes in the end, short where it does not. */
const [patientMs, shortMs] = [20_000, 300];

/** What is told of a proxy that answers so. */
async function toldOf(
  t: TestContext,
  answer: (socket: Socket, request: string) => unknown,
  { connectMs = patientMs, ...settings }: ProxySettings & { connectMs?: number } = {},
): Promise<Problem> {
  const proxy = await startScriptedProxy(t, answer);
  throughProxy(t, { url: proxy.url, ...settings });
  const error = await openSocket(peer, { connectMs }).then(
    () => assert.fail('it was led on'),
    (thrown: unknown) => thrown,
  );
  await until('nothing is left open', () => proxy.open() === 0);
  const problem = explainNetwork(error, peer);
  assert.ok(problem, String(error));
  assert.ok(problem.detail?.includes(`${proxy.url}, on the way to Support at mail.contoso.test:993`));
  assert.deepEqual([problem.kind, problem.retry], ['proxy', 'later']);
  assert.ok(!JSON.stringify(problem).includes(signIn.password));
  assert.ok(!JSON.stringify(problem).includes(credentials));
  return problem;
}

test('a proxy is asked for host and port by CONNECT, and gets user name and password where they are set', async (t) => {
  const proxy = await startScriptedProxy(t, (socket) => socket.write(established));
  throughProxy(t, { url: proxy.url });
  (await openSocket(peer, { connectMs: patientMs })).destroy();
  throughProxy(t, { url: proxy.url, ...signIn });
  (await openSocket(peer, { connectMs: patientMs })).destroy();
  (await openSocket({ host: '2001:db8::7', port: 995 }, { connectMs: patientMs })).destroy();
  (await openSocket({ host: '[2001:db8::7]', port: 995 }, { connectMs: patientMs })).destroy();
  const [plain = '', signed = '', ...literals] = proxy.requests;
  assert.match(plain, /^CONNECT mail\.contoso\.test:993 HTTP\/1\.1\r\n/);
  assert.match(plain, /\r\nhost: mail\.contoso\.test:993\r\n/i);
  assert.doesNotMatch(plain, /authorization/i);
  assert.equal(/^proxy-authorization: Basic (.*)\r$/im.exec(signed)?.[1], credentials);
  for (const literal of literals) assert.match(literal, /^CONNECT \[2001:db8::7\]:995 HTTP\/1\.1\r\n/);
});

test('what the other side says at once is not lost, wherever the proxy’s answer is cut', async (t) => {
  const greeting = '* OK IMAP4rev1 ready\r\n';
  const pieces = [
    [established + greeting],
    [established.slice(0, 9), established.slice(9) + greeting],
    [established.slice(0, -2), `${established.slice(-2)}${greeting.slice(0, 5)}`, greeting.slice(5)],
    ['HTTP/1.0 200 OK\r\nProxy-Agent: x\r\nContent-Length: 0\r\n\r\n', greeting],
    ['HTTP/1.1 204 No Content\r\n\r\n', greeting],
  ];
  for (const said of pieces) {
    const proxy = await startScriptedProxy(t, async (socket) => {
      for (const piece of said) {
        socket.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    throughProxy(t, { url: proxy.url });
    const socket = await openSocket(peer, { connectMs: patientMs });
    let received = '';
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
    });
    await until('all has come', () => received.length >= greeting.length);
    assert.equal(received, greeting);
    socket.destroy();
  }
});

test('what is sent through the tunnel comes out as it is, and its end is an end', async (t) => {
  const proxy = await startScriptedProxy(t, (socket) => {
    socket.write(established);
    socket.on('data', (data) => socket.end(data));
  });
  throughProxy(t, { url: proxy.url });
  const socket = await openSocket(peer, { connectMs: patientMs });
  const bytes = Buffer.from([0, 255, 13, 10, 13, 10, 1]);
  socket.write(bytes);
  const [data] = await once(socket, 'data');
  assert.deepEqual(data, bytes);
  await once(socket, 'end');
});

/** What may come in the place of a yes: the code, and what is said of it. */
const refusals: [answer: string, code: string, said: RegExp][] = [
  ['HTTP/1.1 403 Filtered\r\n\r\n', 'refused', /“403 Filtered”/],
  ['HTTP/1.1 405 Method Not Allowed\r\n\r\n<html>', 'refused', /“405 Method Not Allowed”/],
  ['HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n', 'refused', /“302 Found”/],
  ['HTTP/1.1 100 Continue\r\n\r\n', 'refused', /“100 Continue”/],
  [
    'HTTP/1.1 502 Bad Gateway\r\nProxy-Status: corp; error=dns_error\r\n\r\n',
    'gateway',
    /502 Bad Gateway; corp; error=dns_error/,
  ],
  [
    'HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\n\r\n',
    'gateway',
    /ERR_CONNECT_FAIL 111/,
  ],
  ['HTTP/1.0 500 Unable to connect\r\n\r\n', 'gateway', /500 Unable to connect/],
  [
    'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 19\r\n\r\n<html>Hello</html>\n',
    'answer',
    /a page \(text\/html\)/,
  ],
  ['HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>', 'answer', /a page/],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'answer', /a page/],
  ['220 mail.example.com ESMTP\r\n', 'answer', /no HTTP/],
  ['\x15\x03\x01\x00\x02\x02\x46', 'answer', /no HTTP/],
  [`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 'answer', /more than 16 KiB/],
];

test('whatever a proxy answers but a yes is told as the proxy’s, with its words', async (t) => {
  for (const [answer, code, said] of refusals) {
    const problem = await toldOf(t, (socket) => socket.write(Buffer.from(answer, 'latin1')));
    assert.equal(problem.code, `imap.proxy-${code}`, answer);
    assert.match(problem.detail ?? '', said);
    assert.match(problem.title, /proxy/);
  }
});

test('a refusal names whom to ask, and the setting by which a host is excepted', async (t) => {
  const { remedy } = await toldOf(t, (socket) => socket.write('HTTP/1.1 403 Forbidden\r\n\r\n'));
  assert.match(remedy, /whoever runs the proxy allow CONNECT to mail\.contoso\.test:993/);
  assert.match(remedy, /add mail\.contoso\.test to network\.proxy\.except/);
});

test('a proxy that closes, resets, says nothing, or never ends what it says, is told as that', async (t) => {
  for (const end of [(s: Socket) => s.end(), (s: Socket) => s.resetAndDestroy()])
    assert.match((await toldOf(t, end)).detail ?? '', /closed the connection without an answer/);
  const half = await toldOf(t, (socket) => socket.end('HTTP/1.1 200 OK\r\nX-'));
  assert.equal(half.code, 'imap.proxy-answer');
  const short = { connectMs: shortMs };
  const silent = await toldOf(t, () => {}, short);
  assert.equal(silent.code, 'imap.proxy-silent');
  assert.match(silent.remedy, /gets to mail\.contoso\.test:993/);
  const trickling = await toldOf(
    t,
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    },
    short,
  );
  assert.equal(trickling.code, 'imap.proxy-silent');
});

test('a proxy that wants a sign-in is told by what is missing: the settings, the right ones, or a way to do it', async (t) => {
  const wants = (schemes: string) => (socket: Socket) =>
    socket.write(`HTTP/1.1 407 Proxy Authentication Required\r\n${schemes}\r\nContent-Length: 0\r\n\r\n`);
  const basic = 'Proxy-Authenticate: Basic realm="a, b"';
  const missing = await toldOf(t, wants(basic));
  assert.equal(missing.code, 'imap.proxy-sign-in');
  assert.match(missing.remedy, /Set network\.proxy\.username and network\.proxy\.passwordFile/);
  const wrong = await toldOf(t, wants(basic), signIn);
  assert.match(wrong.title, /refuses user name and password/);
  assert.match(wrong.remedy, /Check network\.proxy\.username/);
  const schemes = 'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM';
  const unable = await toldOf(t, wants(schemes), signIn);
  assert.match(unable.cause ?? '', /Negotiate, NTLM; Letterbox knows Basic/);
  const both = await toldOf(t, wants(`${schemes}\r\n${basic}`), signIn);
  assert.match(both.title, /refuses user name and password/);
  const odd = await toldOf(t, (socket) => socket.write('HTTP/1.1 401 Unauthorized\r\n\r\n'), signIn);
  assert.match(odd.title, /refuses user name and password/);
});

test('a proxy that says back what it was shown is quoted without it', async (t) => {
  const echoing = (socket: Socket, request: string) => {
    const shown = /authorization: (.*)/i.exec(request)?.[1];
    socket.write(`HTTP/1.1 403 ${shown}\r\nProxy-Status: ${encodeURIComponent(signIn.password)}\r\n\r\n`);
  };
  const { detail } = await toldOf(t, echoing, signIn);
  assert.match(detail ?? '', /403 Basic \[secret\]; \[secret\]/);
});

test('a proxy that is not there is told as that', async (t) => {
  const gone = await startScriptedProxy(t, () => {});
  throughProxy(t, { url: 'http://127.0.0.1:1' });
  const error = await openSocket(peer, { connectMs: patientMs }).catch((thrown) => thrown);
  const problem = explainNetwork(error, peer);
  assert.equal(problem?.code, 'imap.proxy-unreachable');
  assert.match(problem?.detail ?? '', /http:\/\/127\.0\.0\.1:1, on the way to .*: the connection is refused/);
  assert.match(problem?.remedy ?? '', /network\.proxy\.url/);
  throughProxy(t, { url: 'http://proxy.contoso.invalid:3128' });
  const unknown = explainNetwork(
    await openSocket(peer, { connectMs: patientMs }).catch((thrown) => thrown),
    peer,
  );
  assert.equal(unknown?.code, 'imap.proxy-unreachable');
  assert.equal(gone.requests.length, 0);
});

test('an abort ends the opening at once, in every state, with its reason, and leaves nothing open', async (t) => {
  const reason = new Error('enough');
  const proxy = await startScriptedProxy(t, () => {});
  throughProxy(t, { url: proxy.url });
  const stop = new AbortController();
  const opening = openSocket(peer, { connectMs: patientMs, signal: stop.signal });
  await until('it is asked', () => proxy.requests.length === 1);
  stop.abort(reason);
  await assert.rejects(opening, reason);
  await until('nothing is left open', () => proxy.open() === 0);
  await assert.rejects(openSocket(peer, { connectMs: patientMs, signal: AbortSignal.abort(reason) }), reason);
  assert.equal(proxy.requests.length, 1);
});
