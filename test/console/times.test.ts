import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withInstants } from '../../src/console/components/moment.ts';
import { cutAtInstants, formatInstant } from '../../src/model/instant.ts';
import { openBrowser, openPageSignedIn } from './browser.ts';
import { openSignedIn } from './fixtures.ts';

test('times stand in the reader’s own zone, the exact instant in UTC beside them; without scripts in UTC', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { state } = await opened.administration.servers.get('srv_support');
  const inNewYork = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'America/New_York',
  });
  for (const javaScriptEnabled of [true, false]) {
    const options = { javaScriptEnabled, timezoneId: 'America/New_York' };
    const { page } = await openPageSignedIn(browser, opened, options);
    await page.goto('/servers/srv_support');
    const since = page.locator(`time[datetime="${state.since}"]`).first();
    assert.equal(
      await since.textContent(),
      javaScriptEnabled ? inNewYork.format(new Date(state.since)) : formatInstant(state.since),
    );
    assert.equal(
      await since.getAttribute('title'),
      state.since.replace('T', ' ').replace('Z', ' UTC'),
      'to the millisecond',
    );
    const settings = page.locator('section', { hasText: 'Settings' });
    assert.match((await settings.textContent()) ?? '', javaScriptEnabled ? /since [^U]*$/m : /since .* UTC/);
  }
});

test('an instant is found in whatever month it is written, and what only looks like one stays as it is', async () => {
  for (let month = 0; month < 12; month++) {
    const instant = new Date(Date.UTC(2026, month, 3, 4, 5)).toISOString();
    assert.deepEqual(cutAtInstants(`Paused since ${formatInstant(instant)}.`), [
      'Paused since ',
      { instant },
      '.',
    ]);
  }
  for (const text of ['99 Foo 2026, 99:99 UTC', '3 Jan 2026', '<b>', ''])
    assert.equal(String(await withInstants(text)), text.replace('<b>', '&lt;b&gt;'));
});
