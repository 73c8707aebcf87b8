import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import { adapterRooms, rooms } from './rooms.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('src/**/*.{ts,js}', { cwd: root });

/** Types count as well: whoever needs the type of an upper room knows it. */
const options = { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true };

async function violations(ruleSet: IFlattenedRuleSet): Promise<string[]> {
  process.chdir(root);
  const result = await cruise(['src'], { ruleSet, validate: true, ...options });
  const { modules, summary } = result.output as ICruiseResult;
  const seen = modules.filter(({ source }) => source.startsWith('src/')).map(({ source }) => source);
  assert.deepEqual(seen.toSorted(), files.toSorted(), 'every file was looked at');
  return summary.violations.map(({ from, to, rule }) => `${from} -> ${to} (${rule.name})`);
}

/** No file of a room imports one of a room above it, nor an entry beside the rooms. */
const downwards: IFlattenedRuleSet = {
  forbidden: rooms.map((room, place) => ({
    name: `only-down-from-${room}`,
    severity: 'error' as const,
    from: { path: `^src/${room}/` },
    to: { path: [...rooms.slice(place + 1).map((upper) => `^src/${upper}/`), '^src/[^/]+$'].join('|') },
  })),
};

const apart: IFlattenedRuleSet = {
  forbidden: adapterRooms.map((room) => ({
    name: `each-adapter-by-itself-in-${room}`,
    severity: 'error' as const,
    from: { path: `^src/${room}/([^/]+)/` },
    to: { path: `^src/${room}/[^/]+/`, pathNot: `^src/${room}/$1/` },
  })),
};

test('imports run one way: from a room only to lower ones, types too', async () => {
  assert.deepEqual(await violations(downwards), []);
});

test('adapters of one room do not know each other', async () => {
  assert.deepEqual(await violations(apart), []);
});

test('no file imports itself by way of others', async () => {
  const circles = {
    name: 'no-circle',
    severity: 'error' as const,
    from: {},
    to: { circular: true },
  };
  assert.deepEqual(await violations({ forbidden: [circles] }), []);
});

test('the servers that stand in for Microsoft’s share no code with what is tested against them', async () => {
  const standIns = globSync('lab/{authority,directory,ews,exchange,graph,network}/**/*.ts', { cwd: root });
  assert.ok(standIns.length > 30);
  const sharing = standIns.filter((file) =>
    /from '[^']*\/src\//.test(readFileSync(join(root, file), 'utf8')),
  );
  assert.deepEqual(sharing, []);
});

test('the rules are not blind: turned upside down they find imports', async () => {
  const upward: IFlattenedRuleSet = {
    forbidden: [
      { name: 'upside-down', severity: 'error', from: { path: '^src/store/' }, to: { path: '^src/model/' } },
    ],
  };
  assert.notDeepEqual(await violations(upward), []);
});

test('every folder is a room, and every room a folder', () => {
  const folders = new Set(
    files.filter((file) => file.split('/').length > 2).map((file) => file.split('/')[1]),
  );
  assert.deepEqual([...folders].toSorted(), rooms.toSorted());
});
