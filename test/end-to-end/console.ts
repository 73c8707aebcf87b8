import type { TestContext } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { freePorts } from '../../lab/ports.ts';
import { builtIn } from '../../src/adapters.ts';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import type { Internet } from '../../src/discovery/discover.ts';
import { serveLetterbox } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { openBrowser, openPage } from '../console/browser.ts';
import { mailbox, startWorld, type World } from './world.ts';

export const password = 'correct horse battery';

/**
 * A world with the real server in it, and a browser before its console. The console is at 127.0.0.1 and the
 * authority at localhost, so that to the browser they are two sites, as in life.
 */
export async function startConsole(t: TestContext, internetFor?: (world: World) => Promise<Internet>) {
  const world = await startWorld(t);
  const internet = await internetFor?.(world);
  const [[port], { certFile, keyFile }] = await Promise.all([freePorts(1), world.certificates.issue()]);
  const config = configSchema.parse({
    ...world.settings,
    publicUrl: `https://127.0.0.1:${port}`,
    listen: { host: '127.0.0.1', port },
    tls: { ...world.settings.tls, certificate: certFile, key: keyFile },
  });
  const log = createLog(config.log.level);
  const letterbox = await openLetterbox(config, log, builtIn, 'server', internet);
  const server = await serveLetterbox(letterbox, config);
  world.after(server.stop);
  const browser = await openBrowser(t);
  const { redirectUri } = letterbox.administration.consent;
  return {
    ...world,
    letterbox,
    browser,
    url: server.url,
    setUpToken: server.setUpToken ?? '',
    /** Registers an app for people at the authority, as the provider's portal does it. */
    register: () => world.authority.register({ redirectUris: [redirectUri] }),
  };
}

export type ConsoleWorld = Awaited<ReturnType<typeof startConsole>>;

/** A page of a browser of its own, which knows no session. */
export async function openStranger(browser: Browser, url: string) {
  const { page, complaints } = await openPage(browser, { baseURL: url });
  page.setDefaultTimeout(20_000);
  return { page, complaints };
}

export async function setUpPassword(page: Page, token: string): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Set-up token').fill(token);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await page.getByRole('button', { name: 'Set password and sign in' }).click();
}

export async function signIn(page: Page, given = password): Promise<void> {
  await page.getByLabel('Password').fill(given);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** At the authority's sign-in page: who one is, and whether the app may. */
export async function answerConsent(
  page: Page,
  answer: 'Accept' | 'Cancel',
  account: string = mailbox,
): Promise<void> {
  await page.getByLabel('Account').fill(account);
  await page.getByRole('button', { name: answer }).click();
}

/** Its text as a person reads it. */
export async function read(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim();
}

/** What the page says is wrong: what happened, why, what to do. */
export async function readProblem(page: Page): Promise<string> {
  return read(page.locator('.problem').first());
}

/** A small mail of one's own words. */
export function writeMail(subject: string, html: string): Buffer {
  return Buffer.from(
    [
      `Message-ID: <${subject.replace(/\W+/g, '-')}@fabrikam.example>`,
      'Date: Tue, 24 Nov 2026 10:00:00 +0000',
      'From: Ann Miller <ann.miller@fabrikam.example>',
      `To: Support <${mailbox}>`,
      `Subject: ${subject}`,
      'MIME-Version: 1.0',
      'Content-Type: text/html; charset=utf-8',
      '',
      html,
      '',
    ].join('\r\n'),
  );
}
