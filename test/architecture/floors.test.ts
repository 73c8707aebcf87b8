import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import { floors } from './floors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('src/**/*.{ts,js}', { cwd: root });

/** A room's files; rooms such as `sources/imap/` match as `sources/[^/]+/`, each folder a room of its own. */
const inRoom = (room: string) => `^src/${room}`;

const rules: IFlattenedRuleSet = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...floors.flatMap((rooms, floor) =>
      rooms.map((room) => ({
        name: `only-down-from-${room}`,
        severity: 'error' as const,
        // The group captures which of several folders of the same pattern it is.
        from: { path: `^src/(${room})` },
        to: {
          path: floors.slice(floor).flat().map(inRoom).join('|'),
          pathNot: room.endsWith('/') ? '^src/$1' : inRoom(room),
        },
      })),
    ),
  ],
};

async function violations(ruleSet: IFlattenedRuleSet): Promise<string[]> {
  process.chdir(root);
  const result = await cruise(['src'], { ruleSet, validate: true, doNotFollow: { path: 'node_modules' } });
  const { modules, summary } = result.output as ICruiseResult;
  const seen = modules.filter(({ source }) => source.startsWith('src/')).map(({ source }) => source);
  assert.deepEqual(seen.toSorted(), files.toSorted(), 'every file was looked at');
  return summary.violations.map(({ from, to, rule }) => `${from} -> ${to} (${rule.name})`);
}

test('imports run one way, down the floors, and never in a circle', async () => {
  assert.deepEqual(await violations(rules), []);
});

test('the rule is not blind: turned upside down it finds imports', async () => {
  const upward: IFlattenedRuleSet = {
    forbidden: [
      { name: 'upside-down', severity: 'error', from: { path: '^src/store/' }, to: { path: '^src/model/' } },
    ],
  };
  assert.notDeepEqual(await violations(upward), []);
});

test('every file has a room', () => {
  const rooms = floors.flat().map((room) => new RegExp(inRoom(room)));
  assert.deepEqual(
    files.filter((file) => !rooms.some((room) => room.test(file))),
    [],
  );
});
