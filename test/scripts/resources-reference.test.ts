import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resourcesReference } from '../../scripts/resources-reference.ts';
import { builtIn, resourcesOf } from '../../src/adapters.ts';
import { withParts } from '../../src/resources/field.ts';
import { fieldsOf, type Resource } from '../../src/resources/resource.ts';

const page = () => readFileSync(new URL('../../docs/resources.md', import.meta.url), 'utf8');

test('docs/resources.md is what scripts/resources-reference.ts makes of the resources', () => {
  assert.equal(page(), resourcesReference());
});

test('the page has every field of every resource, also those of its kinds', () => {
  const sections = page().split(/^## /m).slice(1);
  const resources: Resource[] = Object.values(resourcesOf(builtIn));
  assert.equal(sections.length, resources.length);
  for (const [n, resource] of resources.entries()) {
    const rows = (sections[n]?.match(/^\| .*/gm) ?? []).map((line) => line.split(' | '));
    for (const { path, field } of withParts(fieldsOf(resource))) {
      const [, what] = rows.find(([first]) => first?.includes(`\`${path}\``)) ?? [];
      assert.ok(what?.startsWith(`**${field.label}**`), `${resource.type}: ${path}`);
    }
  }
});
