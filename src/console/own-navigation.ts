import { Problem } from '../model/problem.ts';
import type { ConsoleContext } from './context.ts';

/** Throws `consent.forged` unless a click on a page of ours or the person's own address line led here, by Fetch Metadata. */
export function assertOwnNavigation(c: ConsoleContext): void {
  const site = c.req.header('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return;
  throw new Problem({
    code: 'consent.forged',
    kind: 'forbidden',
    title: 'Connecting was not started from this console',
    cause: 'A link on another site led here, or the browser is too old to tell.',
    remedy: 'Open the credential profile here and press Connect.',
  });
}
