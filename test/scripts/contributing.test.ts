import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtIn } from '../../src/adapters.ts';
import { root } from '../architecture/parsed.ts';
import { rooms } from '../architecture/rooms.ts';
import { collectionsOf } from '../resources/fixtures.ts';
import { content, openStore } from '../store/fixtures.ts';

const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
/** The TypeScript on the page that holds a text. */
const code = (text: string) =>
  [...page.matchAll(/```ts\n([^`]*(?:`[^`]+`[^`]*)*)```/g)]
    .map(([, block = '']) => block)
    .find((block) => block.includes(text)) ?? '';

test('the map has the rooms of the house, in their order', () => {
  const table = page.slice(page.indexOf('| room |'), page.indexOf('Beside `src/`'));
  const cells = [...table.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell = '']) => cell);
  assert.deepEqual(cells.join(' ').match(/[\w/]+/g), rooms);
});

test('every file and folder that the page names is there', () => {
  const places = page.match(/(?<=[`( ])(?:src|test|lab|scripts|docs)\/[\w./-]*[\w/]/g) ?? [];
  assert.ok(places.length > 30, `${places.length} were found`);
  const ours = ['test/scratch.test.ts', 'src/destinations/file/kind.ts'];
  assert.deepEqual(
    [...new Set(places)].filter((place) => !ours.includes(place) && !existsSync(join(root, place))),
    [],
  );
});

test('the destination on the page is one: it is set up like any other, and takes messages', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-contributing-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = join(folder, 'kind.ts');
  writeFileSync(source, code('DeliveringKind').replaceAll("'../../", `'${join(root, 'src')}/`));
  const { file } = await import(source);
  const kinds = { ...builtIn, destinations: [...builtIn.destinations, file] };
  const { destinations } = collectionsOf(await openStore(t), { kinds });
  const path = join(folder, 'subjects');
  const destination = await destinations.create({ name: 'Subjects', kind: 'file', path });
  const message = content({ subject: 'Good day' });
  assert.deepEqual(await file.open({ destination }).deliver({ message }), { kind: 'accepted' });
  assert.equal(readFileSync(path, 'utf8'), 'Good day\n');
});
