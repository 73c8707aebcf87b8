import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createHttpClient, type HttpClient } from '../../src/network/http-client.ts';
import { HttpFailure } from '../../src/network/http-exchange.ts';
import { readText } from '../../src/network/https.ts';
import { trustFor } from '../../src/network/trust.ts';
import { localCertificates, mailServer } from '../sources/setting.ts';
import { until } from '../until.ts';
import { type Certificates, repeat, reset, startRawServer } from './raw-server.ts';

const head = 'HTTP/1.1 200 OK\r\n';
const silenceMs = 300;
/** Of the whole, where one that goes on for ever is to be cut off in a test. */
const longestMs = 600;

/** What becomes of a request, and of the answer's body where there is an answer. */
type End = HttpFailure['reason'] | `given ${string}`;

/** What a server may do in the place of an answer or in the middle of one, and how each ends. */
const answers: { what: string; send(socket: Socket): unknown; end: End }[] = [
  {
    what: '101 with Upgrade',
    send: (s) =>
      s.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    end: 'unreadable',
  },
  {
    what: '101 with Upgrade, then bytes of it',
    send: (s) =>
      s.write(
        'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      ),
    end: 'unreadable',
  },
  {
    what: '200 with Upgrade, which is an offer',
    send: (s) => s.write(`${head}Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nhi`),
    end: 'given hi',
  },
  { what: '101 without Upgrade', send: (s) => s.write('HTTP/1.1 101 x\r\n\r\n'), end: 'unreadable' },
  { what: 'nothing', send: () => {}, end: 'silent' },
  {
    what: 'interim answers for ever',
    send: (s) => repeat(s, 'HTTP/1.1 102 Processing\r\n\r\n'),
    end: 'silent',
  },
  { what: '100 for ever', send: (s) => repeat(s, 'HTTP/1.1 100 Continue\r\n\r\n'), end: 'silent' },
  {
    what: '100, 103, and the answer',
    send: (s) =>
      s.write(
        `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${head}Content-Length: 2\r\n\r\nhi`,
      ),
    end: 'given hi',
  },
  {
    what: 'an interim answer and the end',
    send: (s) => s.end('HTTP/1.1 100 Continue\r\n\r\n'),
    end: 'broken',
  },
  { what: 'the end', send: (s) => s.end(), end: 'broken' },
  { what: 'a reset', send: reset, end: 'broken' },
  { what: 'half a status line, and the end', send: (s) => s.end('HTTP/1.1 2'), end: 'broken' },
  { what: 'half a status line, and nothing', send: (s) => s.write('HTTP/1.1 2'), end: 'silent' },
  { what: 'half a header, and the end', send: (s) => s.end(`${head}Content-Le`), end: 'broken' },
  {
    what: 'headers that drip',
    send: (s) => {
      s.write(`${head}X-Slow: `);
      repeat(s, 'x', 20);
    },
    end: 'silent',
  },
  {
    what: 'headers without end',
    send: (s) => {
      s.write(head);
      repeat(s, `X-More: ${'x'.repeat(8_000)}\r\n`, 5);
    },
    end: 'unreadable',
  },
  {
    what: 'a header of 60 KiB',
    send: (s) => s.write(`${head}X-Policy: ${'x'.repeat(60 * 1024)}\r\nContent-Length: 2\r\n\r\nhi`),
    end: 'given hi',
  },
  {
    what: 'a header of 70 KiB',
    send: (s) => s.write(`${head}X-Policy: ${'x'.repeat(70 * 1024)}\r\nContent-Length: 2\r\n\r\nhi`),
    end: 'unreadable',
  },
  { what: 'a greeting of SMTP', send: (s) => s.write('220 mail.example.com ESMTP\r\n'), end: 'unreadable' },
  { what: 'bytes', send: (s) => s.write(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10])), end: 'unreadable' },
  { what: 'HTTP/0.9', send: (s) => s.end('<html>hello</html>'), end: 'unreadable' },
  {
    what: 'settings of HTTP/2',
    send: (s) => s.write(Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100])),
    end: 'unreadable',
  },
  {
    what: 'two lengths',
    send: (s) => s.write(`${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!`),
    end: 'unreadable',
  },
  {
    what: 'a length and chunks',
    send: (s) =>
      s.write(`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`),
    end: 'unreadable',
  },
  {
    what: 'a length that is none',
    send: (s) => s.write(`${head}Content-Length: -1\r\n\r\n`),
    end: 'unreadable',
  },
  { what: 'a space in a header name', send: (s) => s.write(`${head}X Y: z\r\n\r\n`), end: 'unreadable' },
  { what: 'a length too small', send: (s) => s.write(`${head}Content-Length: 1\r\n\r\nhi`), end: 'given h' },
  {
    what: 'a length too large, and the end',
    send: (s) => s.end(`${head}Content-Length: 9\r\n\r\nhi`),
    end: 'broken',
  },
  {
    what: 'a length too large, and nothing',
    send: (s) => s.write(`${head}Content-Length: 9\r\n\r\nhi`),
    end: 'silent',
  },
  {
    what: 'half a body, and a reset',
    send: (s) => s.write(`${head}Content-Length: 9\r\n\r\nhi`, () => reset(s)),
    end: 'broken',
  },
  { what: 'a body until the end', send: (s) => s.end(`${head}\r\nhi`), end: 'given hi' },
  { what: 'no body, and nothing', send: (s) => s.write(`${head}\r\n`), end: 'silent' },
  {
    what: 'a chunk that is none',
    send: (s) => s.write(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhi`),
    end: 'unreadable',
  },
  {
    what: 'chunks without their end',
    send: (s) => s.end(`${head}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`),
    end: 'broken',
  },
  {
    what: 'a body that drips for ever',
    send: (s) => {
      s.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
      repeat(s, '1\r\nx\r\n', 20);
    },
    end: 'silent',
  },
  {
    what: 'trailers without end',
    send: (s) => {
      s.write(`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n`);
      repeat(s, 'X-More: x\r\n', 20);
    },
    end: 'silent',
  },
  {
    what: 'two answers',
    send: (s) => s.write(`${head}Content-Length: 2\r\n\r\nhi${head}Content-Length: 2\r\n\r\nho`),
    end: 'given hi',
  },
  {
    what: 'an answer, then bytes',
    send: (s) => s.write(`${head}Content-Length: 2\r\n\r\nhi\0\0\0`),
    end: 'given hi',
  },
  {
    what: '204 with a body',
    send: (s) => s.write('HTTP/1.1 204 x\r\nContent-Length: 2\r\n\r\nhi'),
    end: 'given ',
  },
  {
    what: 'a status of 99',
    send: (s) => s.write('HTTP/1.1 099 x\r\nContent-Length: 0\r\n\r\n'),
    end: 'unreadable',
  },
];

interface Manner {
  certificates: Certificates | null;
  /** As short as may be where nothing comes; else so long that no machine is too slow. */
  end?: End;
}

async function setUp(
  t: TestContext,
  send: (socket: Socket) => unknown,
  { certificates, end = 'given ' }: Manner,
) {
  const server = await startRawServer(t, certificates, send);
  const peer = mailServer({ port: 0, certificateAuthority: certificates?.caPem ?? null });
  const isShort = end === 'silent';
  const client = createHttpClient(server.url, {
    connections: 1,
    silenceMs: isShort ? silenceMs : 30_000,
    longestMs: isShort ? longestMs : 60_000,
    trust: trustFor(peer),
  });
  t.after(() => client.close());
  return { server, client };
}

async function endOf(client: HttpClient, signal?: AbortSignal): Promise<End> {
  try {
    const { body } = await client.request({ method: 'POST', target: '/', headers: {}, body: 'mail', signal });
    return `given ${await readText(body, 1_000_000)}`;
  } catch (error) {
    // Node's, where a body breaks off
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return 'broken';
    assert.ok(error instanceof HttpFailure, String(error));
    return error.reason;
  }
}

async function tryAll(t: TestContext, certificates: Certificates | null): Promise<void> {
  await Promise.all(
    answers.map(async ({ what, send, end }) => {
      const { client } = await setUp(t, send, { certificates, end });
      assert.equal(await endOf(client), end, what);
      // Nothing of it is left: the one connection that there may be is had again
      assert.equal(await endOf(client), end, `${what}, again`);
    }),
  );
}

test('whatever comes in clear, or does not come, a request ends as what it is', (t) => tryAll(t, null));

test('whatever comes over TLS, or does not come, a request ends as what it is', async (t) => {
  await tryAll(t, await localCertificates(t));
});

test('closing ends what is under way, in every state, and what waits for a connection; none is made after it', async (t) => {
  const certificates = await localCertificates(t);
  for (const send of [
    () => {},
    (s: Socket) => s.write('HTTP/1.1 2'),
    (s: Socket) => s.write(`${head}Content-Length: 9\r\n\r\nhi`),
  ]) {
    const { server, client } = await setUp(t, send, { certificates });
    const ends = [endOf(client), endOf(client), endOf(client)];
    await until('it is asked', () => server.open() === 1);
    client.close();
    assert.deepEqual(await Promise.all(ends), ['broken', 'broken', 'broken']);
    assert.equal(await endOf(client), 'broken');
    await until('all connections are closed', () => server.open() === 0);
    assert.equal(server.connections(), 1);
  }
});

test('an abort ends a request at once, in every state, with its reason', async (t) => {
  const certificates = await localCertificates(t);
  for (const send of [() => {}, (s: Socket) => s.write(`${head}Content-Length: 9\r\n\r\nhi`)]) {
    const { server, client } = await setUp(t, send, { certificates });
    const stop = new AbortController();
    const ends = [endOf(client, stop.signal), endOf(client, stop.signal)];
    await until('it is asked', () => server.open() === 1);
    stop.abort(new HttpFailure('silent', 'the caller has had enough'));
    assert.deepEqual(await Promise.all(ends), ['silent', 'silent']);
    await assert.rejects(
      client.request({
        method: 'GET',
        target: '/',
        headers: {},
        signal: AbortSignal.abort(new Error('before')),
      }),
      /before/,
    );
  }
});

test('a handshake that never ends is given up', async (t) => {
  const server = await startRawServer(t, null, () => {});
  const url = new URL(`https://${server.url.host}/`);
  const client = createHttpClient(url, { connections: 1, silenceMs, longestMs });
  t.after(() => client.close());
  assert.equal(await endOf(client), 'silent');
});

test('what takes long to send is sent, as long as it moves', async (t) => {
  const size = 64 * 1024 * 1024;
  const server = createServer((socket) => {
    let received = 0;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received += data.length;
      socket.pause();
      setTimeout(() => socket.resume(), 3);
      if (received > size) socket.end(`${head}\r\nall of it`);
    });
  });
  t.after(() => server.close());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const client = createHttpClient(new URL(`http://127.0.0.1:${port}/`), { connections: 1, silenceMs: 1_500 });
  t.after(() => client.close());
  const { body } = await client.request({
    method: 'POST',
    target: '/',
    headers: {},
    body: Buffer.alloc(size),
  });
  assert.equal(await readText(body, 100), 'all of it');
});
