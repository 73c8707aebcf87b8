/**
 * The little of a browser that a consent needs: follows redirects, keeps cookies by origin, submits the
 * authority's sign-in form. For tests and the demo; what people see is tested in a real browser.
 */
export interface LabBrowser {
  fetch(url: URL | string, init?: RequestInit): Promise<Response>;
  /** Signs in at the authority and consents (or cancels); returns where the browser is sent back to, unvisited. */
  consent(url: URL, account: string, action?: 'accept' | 'cancel'): Promise<URL>;
  /** Enters the code that a device shows (RFC 8628 3.3), signs in and consents; returns the last page's text. */
  enterCode(page: URL | string, code: string, account: string, action?: 'accept' | 'cancel'): Promise<string>;
}

export function createBrowser(): LabBrowser {
  const jars = new Map<string, Map<string, string>>();

  async function request(url: URL | string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name === undefined) continue;
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    return response;
  }

  /** Follows redirects as long as they stay at `origin`; the first that leaves it is given as a URL. */
  async function follow(response: Response, from: URL): Promise<URL | Response> {
    let at = from;
    let current = response;
    for (;;) {
      const location = current.headers.get('location');
      if (location === null) return current;
      const next = new URL(location, at);
      if (next.origin !== from.origin) return next;
      at = next;
      current = await request(next);
      Object.defineProperty(current, 'url', { value: next.href });
    }
  }

  return {
    fetch: request,
    async consent(url, account, action = 'accept') {
      const page = await follow(await request(url), url);
      if (page instanceof URL) return page;
      if (!page.ok) throw new Error(`the authority answered ${page.status}: ${await page.text()}`);
      const form = new URLSearchParams({ username: account, action });
      const submitted = await request(page.url, { method: 'POST', body: form });
      const back = await follow(submitted, new URL(page.url));
      if (back instanceof URL) return back;
      throw new Error(`the authority did not send the browser back: ${back.status} ${await back.text()}`);
    },
    async enterCode(page, code, account, action = 'accept') {
      const form = new URLSearchParams({ code, username: account, action });
      return (await request(page, { method: 'POST', body: form })).text();
    },
  };
}
