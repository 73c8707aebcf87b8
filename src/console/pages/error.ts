import { html } from 'hono/html';
import type { Problem } from '../../model/problem.ts';
import { problemPanel } from '../components/problem.ts';
import type { ConsoleContext, Frame } from '../context.ts';
import type { Html } from '../html.ts';
import { plainPage, signedInPage } from '../layout.ts';

/** The page of the thing that a deed was done to, or the list it stands in; null where there is none to go back to. */
function placeOf(path: string, { resources }: Frame): string | null {
  const [list = '', id, deed] = path.split('/').slice(1);
  const things = ['messages', ...resources.map(({ resource }) => resource.path)];
  if (things.includes(list)) return id !== undefined && deed !== undefined ? `/${list}/${id}` : null;
  return ['deliveries', 'quarantine'].includes(list) && id !== undefined ? `/${list}` : null;
}

/** What went wrong, as a page of its own: with the menu when there is a session to use it. */
export function errorPage(c: ConsoleContext, problem: Problem): Html {
  const overview = html`<a class="button" href="/">Go to the overview</a>`;
  if (c.get('csrf') === undefined)
    return plainPage(c, {
      title: 'That did not work',
      content: problemPanel(problem.toJSON(), overview),
    });
  const back = placeOf(c.req.path, c.get('frame'));
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
