import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBrowser } from '../../lab/browser.ts';
import { openStranger, read, setUpPassword, startConsole } from './console.ts';
import { mailbox } from './world.ts';

test('a profile is connected by a code that a person enters on another device', async (t) => {
  const world = await startConsole(t);
  const { authority, letterbox } = world;
  authority.faults.deviceIntervalSeconds = 0.02;
  const { page, complaints } = await openStranger(world.browser, world.url);
  await setUpPassword(page, world.setUpToken);
  const { clientId } = authority.register({ publicClient: true });
  const { id } = await letterbox.administration.profiles.create({
    name: 'Scanner',
    grant: 'device_code',
    clientAuthentication: 'none',
    clientId,
    tokenUrl: authority.tokenUrl,
  });

  await page.goto(`/profiles/${id}`);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('heading', { name: 'Enter this code' }).waitFor();
  const [code, address] = await page.locator('.copyable code').allTextContents();
  assert.equal(await page.getByRole('link', { name: 'Open the address' }).getAttribute('href'), address);
  await createBrowser().enterCode(address ?? '', code ?? '', mailbox);
  // The page follows by itself.
  await page.waitForURL(`**/profiles/${id}?done=connected`);
  assert.match(await read(page.getByRole('status')), /^Connected\./);
  assert.match(await read(page.locator('main')), new RegExp(`Signed in as${mailbox}`));
  assert.deepEqual(complaints, []);
});
