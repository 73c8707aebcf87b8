import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { createApi } from '../../src/api/api.ts';
import { byFileSystem } from '../../src/api/authorize.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { readDescription } from './described.ts';
import { startWorld } from './world.ts';

interface Parameter {
  name: string;
  in: string;
  required: boolean;
}

interface Operation {
  operationId: string;
  summary: string;
  parameters: Parameter[];
  responses: Record<string, { $ref?: string; content?: Record<string, { schema?: object }> }>;
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
  const { document, paths } = await startDescribed(t);
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { summary, parameters, responses }] of Object.entries(methods)) {
      assert.ok(summary, path);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        inPath.map(({ name }) => `{${name}}`),
        path.match(/\{\w+\}/g) ?? [],
      );
      assert.ok(inPath.every(({ required }) => required));
      const [status = '', more] = Object.keys(responses).filter((one) => /^20[014]$/.test(one));
      assert.equal(more, undefined);
      const contents = Object.values(responses[status]?.content ?? {});
      assert.equal(contents.length, status === '204' ? 0 : 1, `${method} ${path}`);
      assert.ok(contents.every(({ schema }) => schema && Object.keys(schema).length > 0));
      for (const problem of ['422', 'default'])
        assert.match(
          responses[problem]?.$ref ?? '',
          /^#\/components\/responses\/Problem/,
          `${method} ${path}`,
        );
    }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => `${to}`);
  assert.ok(references.length > 0);
  for (const reference of new Set(references)) {
    assert.match(reference, /^#\//, 'within the document, which may be saved anywhere');
    const [, ...keys] = reference.split('/');
    assert.ok(
      keys.reduce((at, key) => at[key], document),
      reference,
    );
  }
});

test('the document is OpenAPI 3.1, names its server, and each operation once', async (t) => {
  const { world, document, paths } = await startDescribed(t);
  const { valid, errors } = await new Validator().validate(document);
  assert.ok(valid, `${JSON.stringify(errors)}`.slice(0, 2000));
  assert.deepEqual(
    document.servers.map(({ url }: { url: string }) => url),
    [new URL(world.url).origin],
  );
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  assert.deepEqual([...new Set(ids)], ids);
  for (const id of ids) assert.match(id, /^[a-z]+[A-Z][A-Za-z]+$/);
});

test('the document has only words of JSON Schema and OpenAPI 3.1', async (t) => {
  const { document } = await startDescribed(t);
  const formats = [...JSON.stringify(document).matchAll(/"format":"([^"]+)"/g)].map(([, format]) => format);
  assert.deepEqual(
    [...new Set(formats)].filter((format) => !['date', 'date-time', 'uri'].includes(`${format}`)),
    [],
  );
  assert.doesNotMatch(JSON.stringify(document), /"nullable":/);
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
  ajvFormats.default(ajv);
  ajv.addVocabulary(['components', 'schemas']);
  const { schemas } = document.components;
  ajv.addSchema({ $id: 'openapi', components: { schemas } });
  for (const name of Object.keys(schemas)) ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
});

test('an answer that is not as described is found out', async (t) => {
  const { document } = await startDescribed(t);
  const { check } = readDescription(document);
  const headers = { 'content-type': 'application/json' };
  const answering = (status: number, json: unknown) => () =>
    check('GET', '/api/messages', { status, headers, text: JSON.stringify(json) });
  answering(200, { items: [], next: null })();
  assert.throws(answering(200, { items: [] }), /next/);
  assert.throws(answering(200, { items: [{ id: 1 }], next: null }), /items/);
  assert.throws(answering(200, { items: [], next: null, more: 1 }), /additional/);
  assert.throws(answering(418, {}), /not described/);
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
