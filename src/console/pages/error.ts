import { html } from 'hono/html';
import type { Problem } from '../../model/problem.ts';
import { problemPanel } from '../components/problem.ts';
import type { ConsoleContext, Html } from '../context.ts';
import { plainPage, signedInPage } from '../layout.ts';

/** The page of the thing that a deed was done to, or the list it stands in. */
const place = /^\/(?:profiles|servers|destinations|messages)\/[^/]+(?=\/)|^\/(?:deliveries|quarantine)(?=\/)/;

/** What went wrong, as a page of its own: with the menu when there is a session to use it. */
export function errorPage(c: ConsoleContext, problem: Problem): Html {
  const overview = html`<a class="button" href="/">Go to the overview</a>`;
  if (c.get('csrf') === undefined)
    return plainPage({
      title: 'That did not work',
      content: problemPanel(problem.toJSON(), overview),
    });
  const back = place.exec(c.req.path)?.[0];
  return signedInPage(c, {
    title: problem.kind === 'not-found' ? 'Not found' : 'That did not work',
    content: problemPanel(
      problem.toJSON(),
      problem.kind !== 'not-found' && back
        ? html`<a class="button primary" href="${back}">Back to where you were</a>`
        : overview,
    ),
  });
}
