import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configurationReference } from '../../scripts/configuration-reference.ts';
import { configSchema } from '../../src/config/config.ts';
import { sections, settings } from '../../src/config/settings.ts';
import { readYaml } from '../../src/config/yaml-file.ts';

const page = () => readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

test('docs/configuration.md is what scripts/configuration-reference.ts makes of the schema', () => {
  assert.equal(page(), configurationReference());
});

test('every setting and section says what it is for', () => {
  for (const { name, schema } of [...settings, ...sections]) assert.ok(schema.description, name);
});

test('the example in the docs is a configuration', () => {
  const example = /```yaml\n([^`]+)```/.exec(page())?.[1] ?? '';
  const source = readYaml(example, 'example');
  assert.deepEqual(source.wrong, []);
  assert.equal(configSchema.parse(source.values).publicUrl, 'https://mail.contoso.com');
});
