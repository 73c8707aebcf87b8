import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

// biome-ignore lint/suspicious/noExplicitAny: it is JSON
type Json = any;

interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Holds answers against the OpenAPI document that describes them. */
export interface Described {
  /** Throws where an answer is not as described. What is no address of the API is passed over. */
  check(method: string, path: string, answer: Answered): void;
}

export function readDescription(document: Json): Described {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ $id: 'openapi', ...closed(document) });
  const validators = new Map<string, ValidateFunction>();
  const paths = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

  function validator(pointer: string[]): ValidateFunction {
    const at = pointer.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    const reference = `openapi#/${encodeURI(at)}`;
    const known = validators.get(reference) ?? ajv.compile({ $ref: reference });
    validators.set(reference, known);
    return known;
  }

  return {
    check(method, url, { status, headers, text }) {
      const [pathname = ''] = url.split('?');
      const matching = paths.filter(({ pattern }) => pattern.test(pathname));
      // The one without a variable, where there are two
      const path = matching.toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)[0]?.path;
      const operation = document.paths[path ?? '']?.[method.toLowerCase()];
      if (!path || !operation) return;
      const here = `${method} ${path} answered ${status}`;
      // What is Letterbox's own trouble, or that of others, need not be foreseen
      const key = operation.responses[status] ? String(status) : status >= 500 ? 'default' : null;
      assert.ok(key, `${here}, which is not described`);
      const reference: string | undefined = operation.responses[key].$ref;
      const response = reference
        ? ['components', 'responses', reference.split('/').at(-1) ?? '']
        : ['paths', path, method.toLowerCase(), 'responses', key];
      const contents = response.reduce((at, name) => at[name], document).content;
      if (!contents) return assert.equal(text, '', here);
      const [contentType = ''] = String(headers['content-type']).split(';');
      assert.ok(contents[contentType], `${here} with ${contentType}, which is not described`);
      const schema = [...response, 'content', contentType, 'schema'];
      const validate = (value: unknown, pointer: string[]) => {
        const valid = validator(pointer);
        assert.ok(
          valid(value),
          `${here}: ${ajv.errorsText(valid.errors)} in ${JSON.stringify(value).slice(0, 1000)}`,
        );
      };
      if (contentType === 'application/x-ndjson')
        for (const line of text.split('\n').filter(Boolean))
          validate(JSON.parse(line), [...schema, 'contentSchema']);
      else if (/json$/.test(contentType)) validate(JSON.parse(text), schema);
    },
  };
}

/** Answers may grow, so the document forbids no members that it does not know; here they are all to be known. */
function closed(document: Json): Json {
  const strict = structuredClone(document);
  const close = (schema: Json): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if (schema.type === 'object' && schema.properties && schema.additionalProperties === undefined)
      schema.additionalProperties = false;
    for (const each of Object.values(schema)) close(each);
  };
  close(strict.components);
  close(strict.paths);
  return strict;
}
