import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Problem } from '../../src/model/problem.ts';
import { validate } from '../../src/resources/validation.ts';

/** The wrong fields as they are named to a person. */
function refused(schema: z.ZodType, input: unknown, secret: string[] = []): string[] {
  try {
    validate(schema, input, { secret });
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'input.invalid');
    return (error.fields ?? []).map(({ field, expected, given }) =>
      [field, expected, ...(given === undefined ? [] : [given])].join(' | '),
    );
  }
  throw new Error('the input was taken');
}

test('input in good order comes back as the schema makes it', () => {
  const schema = z.strictObject({ port: z.coerce.number().int(), name: z.string().trim() });
  assert.deepEqual(validate(schema, { port: '993', name: ' Support ' }), { port: 993, name: 'Support' });
});

test('what was expected is said in plain words', () => {
  const schema = z.strictObject({
    text: z.string(),
    short: z.string().max(3),
    empty: z.string().min(1),
    number: z.number(),
    whole: z.int(),
    port: z.number().max(65535),
    flag: z.boolean(),
    list: z.array(z.string()),
    few: z.array(z.string()).max(1),
    some: z.array(z.string()).min(2),
    address: z.email(),
    url: z.url(),
    day: z.iso.date(),
    instant: z.iso.datetime(),
    choice: z.enum(['tls', 'starttls']),
    fixed: z.literal('oauth2'),
    either: z.union([z.number(), z.array(z.string())]),
    own: z.string().regex(/^x/, 'something that begins with x'),
    other: z.string().regex(/^x/),
  });
  const input = {
    text: 4,
    short: 'long',
    empty: '',
    number: 'four',
    whole: 1.5,
    port: 99999,
    flag: 'yes',
    list: 'one',
    few: ['a', 'b'],
    some: ['a'],
    address: 'nobody',
    url: 'nowhere',
    day: 'today',
    instant: 'now',
    choice: 'ssl',
    fixed: 'basic',
    either: 'x',
    own: 'y',
    other: 'y',
  };
  assert.deepEqual(refused(schema, input), [
    'text | a text | 4',
    'short | at most 3 characters | long',
    'empty | a value | nothing',
    'number | a number | four',
    'whole | a whole number | 1.5',
    'port | at most 65535 | 99999',
    'flag | true or false | yes',
    'list | a list | one',
    'few | at most 1 entry | a list',
    'some | at least 2 entries | a list',
    'address | a mail address such as support@contoso.com | nobody',
    'url | a URL | nowhere',
    'day | a date such as 2027-06-30 | today',
    'instant | an instant in UTC such as 2027-06-30T08:00:00Z | now',
    'choice | one of tls, starttls | ssl',
    'fixed | oauth2 | basic',
    'either | a number, or a list | x',
    'own | something that begins with x | y',
    'other | another form | y',
  ]);
});

test('a field within fields is named by its path', () => {
  const action = z.discriminatedUnion('action', [
    z.strictObject({ action: z.literal('leave') }),
    z.strictObject({ action: z.literal('move'), folder: z.string() }),
  ]);
  const schema = z.strictObject({ afterIntake: action, folders: z.array(z.string()) });
  assert.deepEqual(refused(schema, { afterIntake: { action: 'burn' }, folders: ['INBOX', 4] }), [
    'afterIntake.action | one of leave, move | burn',
    'folders.1 | a text | 4',
  ]);
  assert.deepEqual(refused(schema, { afterIntake: { action: 'move' }, folders: [] }), [
    'afterIntake.folder | a text',
  ]);
});

test('a field that does not exist is named, without its value', () => {
  const schema = z.strictObject({ clientSecret: z.string() });
  assert.deepEqual(refused(schema, { clientSecret: 's', clientsecret: 'hidden' }), [
    'clientsecret | nothing, as there is no such field',
  ]);
});

test('secrets are never quoted, wherever they stand; long values are cut', () => {
  const schema = z.strictObject({
    password: z.string().min(100),
    nested: z.strictObject({ password: z.string().min(100) }),
    object: z.string(),
    long: z.string().max(10),
  });
  const input = {
    password: 'hidden',
    nested: { password: 'hidden' },
    object: { password: 'hidden' },
    long: 'x'.repeat(1000),
  };
  assert.deepEqual(refused(schema, input, ['password']), [
    'password | at least 100 characters',
    'nested.password | at least 100 characters',
    'object | a text | an object',
    `long | at most 10 characters | ${'x'.repeat(80)}…`,
  ]);
});

test('what is no object at all is refused as a whole', () => {
  const schema = z.strictObject({ name: z.string() });
  assert.deepEqual(refused(schema, undefined), ['input | an object with named fields']);
  assert.deepEqual(refused(schema, null), ['input | an object with named fields | null']);
  assert.deepEqual(refused(schema, ['hidden']), ['input | an object with named fields | a list']);
});
