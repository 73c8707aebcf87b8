import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../src/config/config.ts';
import { startScriptedImap } from '../sources/scripted-imap.ts';
import { collect, localCertificates, mailServer, openSource } from '../sources/setting.ts';
import { until } from '../until.ts';

test('IDLE is begun anew again and again, with a NOOP between, well within ten minutes', async (t) => {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate);
  t.after(() => imap.stop());
  const server = mailServer({ port: imap.port, certificateAuthority: caPem });
  const source = openSource(t, server, undefined, { idleSeconds: 0.1, reconcileSeconds: 600 });
  const stop = new AbortController();
  const reading = collect(source.messages(null, { watch: true, signal: stop.signal }));
  const watching = () => imap.commands.filter((command) => ['IDLE', 'NOOP'].includes(command));
  await until('it was begun anew', () => watching().length >= 6);
  stop.abort();
  await reading;
  assert.deepEqual(watching().slice(0, 6), ['IDLE', 'NOOP', 'IDLE', 'NOOP', 'IDLE', 'NOOP']);

  const { idleSeconds, reconcileSeconds } = configSchema.parse({}).intake;
  assert.ok(idleSeconds <= 5 * 60 && reconcileSeconds <= 5 * 60, 'where nobody has set anything else');
});
