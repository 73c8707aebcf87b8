import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createApi } from '../../src/api/api.ts';
import { byFileSystem } from '../../src/api/authorize.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { startWorld } from './world.ts';

interface Parameter {
  name: string;
  in: string;
  required: boolean;
}

interface Operation {
  summary: string;
  parameters: Parameter[];
  responses: Record<string, object>;
}

async function startDescribed(t: Parameters<typeof startWorld>[0]) {
  const world = await startWorld(t);
  const document = (await world.fetch('/api/openapi.json')).json;
  const paths: Record<string, Record<string, Operation>> = document.paths;
  return { world, document, paths };
}

test('the document describes exactly the routes that are served', async (t) => {
  const { world, paths } = await startDescribed(t);
  const api = createApi({ ...world, authorize: byFileSystem, log: createLog('silent') });
  const served = api.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.deepEqual(described.toSorted(), served.toSorted());
});

test('each operation says what it does, what it takes and what it answers, and every reference leads somewhere', async (t) => {
  const { world, document, paths } = await startDescribed(t);
  assert.equal(document.openapi, '3.1.0');
  for (const [path, methods] of Object.entries(paths))
    for (const { summary, parameters, responses } of Object.values(methods)) {
      assert.ok(summary, path);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        inPath.map(({ name }) => `{${name}}`),
        path.match(/\{\w+\}/g) ?? [],
      );
      assert.ok(inPath.every(({ required }) => required));
      assert.equal(Object.keys(responses).filter((status) => /^20[014]$/.test(status)).length, 1);
      assert.ok(responses.default);
    }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => `${to}`);
  for (const reference of new Set(references))
    if (reference.startsWith('/')) assert.equal((await world.fetch(reference)).status, 200);
    else
      assert.ok(
        reference
          .slice(2)
          .split('/')
          .reduce((at, key) => at[key], document),
        reference,
      );
});

test('what a body may hold is described as it is validated: no field more, no field less', async (t) => {
  const { document } = await startDescribed(t);
  const body = (path: string, method: string) =>
    document.paths[path][method].requestBody.content['application/json'].schema;
  const added = body('/api/servers', 'post').anyOf;
  const changed = body('/api/servers/{id}', 'patch').anyOf;
  const protocols = ['imap', 'pop3', 'graph', 'ews'];
  for (const alternatives of [added, changed])
    assert.deepEqual(
      alternatives.map(
        (one: { properties: { protocol: { const: string } } }) => one.properties.protocol.const,
      ),
      protocols,
    );
  for (const [index, protocol] of protocols.entries()) {
    const required = ['name', ...(protocol === 'imap' ? [] : ['protocol']), 'address', 'profileId'];
    assert.deepEqual(added[index].required, required);
    assert.equal(added[index].additionalProperties, false);
    assert.equal(added[index].properties.paused.default, undefined);
    assert.equal('security' in added[index].properties, ['imap', 'pop3'].includes(protocol), protocol);
    assert.deepEqual(Object.keys(changed[index].properties), Object.keys(added[index].properties));
  }
});

test('the schemas of a message and of a webhook are served to all, as they stand in the docs', async (t) => {
  const { fetch } = await startWorld(t);
  for (const name of ['message', 'webhook']) {
    const { status, headers, json } = await fetch(`/schemas/${name}.json`);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/schema+json');
    const published = readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), 'utf8');
    assert.deepEqual(json, JSON.parse(published));
  }
});
