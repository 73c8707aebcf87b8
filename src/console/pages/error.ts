import { html } from 'hono/html';
import type { Problem } from '../../model/problem.ts';
import { problemPanel } from '../components/problem.ts';
import type { ConsoleContext, Html } from '../context.ts';
import { plainPage, signedInPage } from '../layout.ts';

/** What went wrong, as a page of its own: with the menu when there is a session to use it. */
export function errorPage(c: ConsoleContext, problem: Problem): Html {
  if (c.get('csrf') === undefined)
    return plainPage({
      title: 'That did not work',
      content: html`${problemPanel(problem.toJSON())}<p><a class="button" href="/">Go to the overview</a></p>`,
    });
  return signedInPage(c, {
    title: problem.code === 'not-found' ? 'Not found' : 'That did not work',
    content: problemPanel(problem.toJSON(), html`<a class="button" href="/">Go to the overview</a>`),
  });
}
