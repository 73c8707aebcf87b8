import { readFileSync } from 'node:fs';

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** How every HTTP request says who asks (RFC 9110 10.1.5): some firewalls refuse those that do not. */
export const userAgent = `Letterbox/${manifest.version}`;
