import assert from 'node:assert/strict';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { temporaryFolder } from '../store/fixtures.ts';

test('a folder that others may look into is told, one that is closed to them is not', async (t) => {
  const folder = temporaryFolder(t);
  const lines: string[] = [];
  const log = createLog('warn', { write: (line: string) => lines.push(line) > 0, isTTY: false });
  const open = async () => (await openLetterbox(configSchema.parse({ dataFolder: folder }), log)).close();
  await open();
  assert.deepEqual(lines, []);
  chmodSync(folder, 0o750);
  await open();
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /"remedy":"chmod 700 /);
});

test('a master key that is gone beside sealed secrets is not made anew in silence', async (t) => {
  const dataFolder = temporaryFolder(t);
  const key = join(dataFolder, 'master.key');
  const open = () => openLetterbox(configSchema.parse({ dataFolder }), createLog('silent'));
  // Nothing is sealed yet: a new one harms nothing.
  await (await open()).close();
  rmSync(key);
  const letterbox = await open();
  await letterbox.administration.destinations.create({
    name: 'Tickets',
    kind: 'webhook',
    url: 'https://tickets.contoso.example/',
  });
  await letterbox.close();
  rmSync(key);
  await assert.rejects(open(), { code: 'vault.key-missing' });
  assert.equal(existsSync(key), false);
  // The folder is free again.
  await assert.rejects(open(), { code: 'vault.key-missing' });
});
