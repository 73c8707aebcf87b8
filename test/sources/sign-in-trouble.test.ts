import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type TestContext, test } from 'node:test';
import { configSchema } from '../../src/config/config.ts';
import { createGraphSource } from '../../src/sources/graph/index.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { openSource as openEws } from './ews-world.ts';
import { startMaildrop } from './pop3-setting.ts';
import { type Script, startScriptedImap } from './scripted-imap.ts';
import { localCertificates, mailServer, openSource, problemOf, tokensFrom } from './setting.ts';

/** Whose trouble it is when nobody is let in, and what a server says back. */

const { intake } = configSchema.parse({});
const log = createLog('silent');
const token = `first-token.${'x'.repeat(60)}`;

async function startImap(t: TestContext, script: Record<string, Script>) {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, script);
  t.after(() => imap.stop());
  const tokens = tokensFrom([token, 'second']);
  const source = openSource(t, mailServer({ port: imap.port, certificateAuthority: caPem }), tokens);
  return { tokens, source };
}

const serversTrouble = [
  'NO Server Unavailable. 15',
  'NO [UNAVAILABLE] Temporary authentication failure.',
  'NO [INUSE] Mailbox is in use',
  'NO [SERVERBUG] oops',
  'NO Temporary System Error',
  'NO System Error (Failure)',
  'NO Internal error occurred. Internal server error',
  'NO Service unavailable',
  'NO AUTHENTICATE failed, please try again later',
  'BAD Server Unavailable. 21',
];
const tokensTrouble = [
  'NO AUTHENTICATE failed.',
  'NO [AUTHENTICATIONFAILED] Invalid credentials',
  'NO [AUTHENTICATIONFAILED] Authentication failed, try again later',
  'NO [EXPIRED] Your token is no longer good',
  'NO Invalid credentials, please try again',
];

test('a server’s own trouble at the sign-in over IMAP blames no token, and keeps it', async (t) => {
  for (const answer of serversTrouble) {
    const { source, tokens } = await startImap(t, {
      AUTHENTICATE: ({ tag, send }) => send(`${tag} ${answer}`),
    });
    const problem = await problemOf(source.inspect());
    assert.equal(problem.code, 'imap.unavailable', answer);
    assert.deepEqual([problem.kind, problem.retry], ['unavailable', 'later']);
    assert.deepEqual(tokens.discarded, [], answer);
  }
  for (const answer of tokensTrouble) {
    const { source, tokens } = await startImap(t, {
      AUTHENTICATE: ({ tag, send }) => send(`${tag} ${answer}`),
    });
    assert.equal((await problemOf(source.inspect())).code, 'imap.sign-in-refused', answer);
    assert.deepEqual(tokens.discarded, [token, 'second'], answer);
  }
});

test('a server that says back what it was shown puts no token into what is told', async (t) => {
  const echoes: ((shown: string) => string)[] = [
    (shown) => shown,
    (shown) => Buffer.from(shown, 'base64').toString().replaceAll('\x01', ' '),
  ];
  for (const echo of echoes) {
    const imap = await startImap(t, {
      AUTHENTICATE: ({ tag, rest, send }) =>
        send(`${tag} NO [AUTHENTICATIONFAILED] you sent ${echo(rest.split(' ')[1] ?? '')}`),
    });
    const pop3 = await startMaildrop(t, {
      AUTH: async ({ send, nextLine }) => {
        send('+ ');
        send(`-ERR [AUTH] you sent ${echo(await nextLine())}`);
      },
    });
    for (const { source } of [imap, pop3]) {
      const problem = await problemOf(source.inspect());
      assert.match(problem.code, /sign-in-refused/);
      assert.match(problem.message, /you sent/);
      for (const shown of [token, 'second', ...pop3.tokens.discarded]) {
        assert.ok(!problem.message.includes(shown), problem.message);
        assert.ok(
          !problem.message.includes(Buffer.from(shown).toString('base64').slice(4, 20)),
          problem.message,
        );
      }
    }
  }
});

/** An HTTPS server that says back whatever it was sent, in the form of the protocol. */
async function startEcho(
  t: TestContext,
  answer: (shown: string) => { status: number; type: string; body: string },
) {
  const { caPem, certFile, keyFile } = await localCertificates(t);
  const server = createServer(
    { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    (request, response) => {
      const { status, type, body } = answer(request.headers.authorization ?? '');
      request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
    },
  ).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return { port: (server.address() as { port: number }).port, caPem };
}

test('nor does Graph or EWS, in whatever answer they say it', async (t) => {
  const soap = (content: string) =>
    `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
  const fault = (shown: string) =>
    soap(`<s:Fault><faultcode>${shown}</faultcode><faultstring>you sent ${shown}</faultstring></s:Fault>`);
  const refusal = (shown: string) =>
    soap(
      `<m:GetFolderResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Error"><m:MessageText>you sent ${shown}</m:MessageText><m:ResponseCode>ErrorAccessDenied</m:ResponseCode></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>`,
    );
  const graph = (status: number) => (shown: string) => ({
    status,
    type: 'application/json',
    body: JSON.stringify({ error: { code: shown.split(' ')[1], message: `you sent ${shown}` } }),
  });
  const xml = (status: number, body: (shown: string) => string) => (shown: string) => ({
    status,
    type: 'text/xml',
    body: body(shown),
  });
  const cases = [
    ...[400, 401, 403, 404, 429, 500, 503].map((status) => ['graph', graph(status)] as const),
    ...[400, 403, 404, 500, 503].map((status) => ['ews', xml(status, fault)] as const),
    ['ews', xml(200, fault)] as const,
    ['ews', xml(200, refusal)] as const,
  ];
  for (const [protocol, answer] of cases) {
    const { port, caPem } = await startEcho(t, answer);
    const server = mailServer({ protocol, port, certificateAuthority: caPem });
    const tokens = tokensFrom([token, token, token, token]);
    const source =
      protocol === 'ews'
        ? openEws(t, server, tokens)
        : createGraphSource({
            server,
            tokens,
            options: intake,
            log,
            notifications: null,
            known: async () => new Map(),
          });
    t.after(() => source.close());
    const problem = await problemOf(source.inspect());
    const told = JSON.stringify(problem);
    assert.ok(!told.includes('first-token'), told);
  }
});
