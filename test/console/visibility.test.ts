import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fields, fieldAt, isShown, withParts } from '../../src/resources/field.ts';
import { fieldsOf } from '../../src/resources/resource.ts';
import { openBrowser, openPageSignedIn } from './browser.ts';
import { openSignedIn } from './fixtures.ts';
import { printers } from './printers.ts';

type Chosen = Record<string, string>;

/** Every way to fill in the fields that show and hide others. */
function allChoices(fields: Fields): Chosen[] {
  const deciding = new Set([...withParts(fields)].flatMap(({ when }) => Object.keys(when)));
  let all: Chosen[] = [{}];
  for (const path of deciding) {
    const control = fieldAt(fields, path)?.control;
    const values = control?.kind === 'choice' ? control.choices.map(({ value }) => value) : ['on', ''];
    all = all.flatMap((chosen) => values.map((value) => ({ ...chosen, [path]: value })));
  }
  return all;
}

/** Makes each choice in the page, and tells which of the fields can be seen then. */
const seenInPage = `(([ways, paths]) => {
  for (const details of document.querySelectorAll('form details')) details.open = true;
  return ways.map((chosen) => {
    for (const [name, value] of Object.entries(chosen))
      for (const box of document.getElementsByName(name))
        box.checked = box.type === 'radio' ? box.value === value : value === 'on';
    return paths.filter((path) =>
      document.getElementById('field-' + path.replaceAll('.', '-'))?.checkVisibility(),
    );
  });
})`;

test('whatever is chosen, the page shows the fields that are read', async (t) => {
  const [browser, opened] = await Promise.all([
    openBrowser(t),
    openSignedIn(t, 'lively', { resources: [printers] }),
  ]);
  const { page } = await openPageSignedIn(browser, opened);
  let ways = 0;
  for (const { resource } of opened.administration.resources) {
    const fields = fieldsOf(resource);
    const choices = allChoices(fields);
    const paths = [...withParts(fields)]
      // What is answered once is asked only when there is something to answer
      .filter(({ field }) => field.role !== 'answer')
      .filter(({ field }) => field.parts === undefined || field.control.kind === 'tick')
      .map(({ path }) => path)
      .filter((path) => !(resource.type === 'server' && path === 'paused'));
    await page.goto(resource.single ? `/${resource.path}` : `/${resource.path}/new`);
    const seen = await page.evaluate<string[][]>(`${seenInPage}(${JSON.stringify([choices, paths])})`);
    const read = choices.map((chosen) =>
      paths.filter((path) => isShown(fields, path, (other) => chosen[other] ?? '')),
    );
    assert.deepEqual(seen, read, resource.type);
    ways += choices.length;
  }
  assert.ok(ways > 300, 'choices were made');
});
