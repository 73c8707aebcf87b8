import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { openSignedIn } from './fixtures.ts';

/** Debian's Chromium, without what it would do on its own account. */
export async function openBrowser(
  t: { after(end: () => Promise<void>): void },
  ...more: string[]
): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...more,
    ],
  });
  t.after(() => browser.close());
  return browser;
}

/** A page of a browser, and what went wrong in it. */
export interface Watched {
  page: Page;
  /** Refusals of the content security policy, and errors of scripts. */
  complaints: string[];
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A page that answers 404 or 422 is also logged as an error.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  return { page, complaints };
}

/** A page whose browser has the session already. */
export async function openPageSignedIn(
  browser: Browser,
  { origin, session }: Pick<Awaited<ReturnType<typeof openSignedIn>>, 'origin' | 'session'>,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const watched = await openPage(browser, { baseURL: origin, ...options });
  await watched.page.context().addCookies([
    {
      name: '__Host-letterbox',
      value: session,
      url: origin,
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
    },
  ]);
  return watched;
}
