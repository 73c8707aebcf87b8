import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { CheckResult } from '../../administration/administration.ts';
import { openTextStream } from '../../http/byte-stream.ts';
import { Problem } from '../../model/problem.ts';
import { buttonForm } from '../components/form.ts';
import { icon } from '../components/icon.ts';
import { problemPanel } from '../components/problem.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { signedInPage } from '../layout.ts';

/** Where the page is cut in two: before it what is sent at once, in its place the steps as they end. */
const cut = '<!-- steps -->';

/** *Test connection*: the page is sent as the test goes on, so each step shows when it ends, without any script. */
export function serverTestPage({ administration, log }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get('/servers/:id/test', (c) => c.redirect(`/servers/${c.req.param('id')}`, 303))
    .post('/servers/:id/test', async (c) => {
      const { id, name } = await administration.servers.get(c.req.param('id'));
      const [before = '', after = ''] = String(await renderFrame(c, id, name)).split(cut);

      async function* steps(signal: AbortSignal): AsyncGenerator<string> {
        yield before;
        let passed = true;
        try {
          for await (const result of administration.servers.test(id)) {
            if (signal.aborted) return;
            passed &&= result.passed;
            yield String(await renderStep(result));
          }
        } catch (error) {
          passed = false;
          if (!(error instanceof Problem))
            log.error({ err: error }, 'testing a connection failed unexpectedly');
          yield String(
            await html`<li class="check check-failed">${problemPanel(Problem.from(error).toJSON())}</li>`,
          );
        }
        yield String(await renderVerdict(passed));
        yield after;
      }

      return c.body(openTextStream(steps), 200, { 'content-type': 'text/html; charset=utf-8' });
    });
}

function renderFrame(c: ConsoleContext, id: string, name: string): Html {
  return signedInPage(c, {
    title: 'Test connection',
    parent: { href: `/servers/${id}`, label: name },
    lead: 'From the network up to the mail, each step resting on the one before.',
    content: html`<ol class="checks" aria-live="polite">${raw(cut)}</ol>
      <div class="actions">
        ${buttonForm(c, `/servers/${id}/test`, html`${icon('replay')}Test again`)}
        <a class="button" href="/servers/${id}">Back to ${name}</a>
      </div>`,
  });
}

function renderStep({ title, passed, detail, problem }: CheckResult): Html {
  return html`<li class="check ${passed ? 'check-passed' : 'check-failed'}">
    ${icon(passed ? 'ok' : 'bad')}
    <div><h2>${title} <span class="visually-hidden">${passed ? 'passed' : 'failed'}</span></h2>
    ${problem ? problemPanel(problem.toJSON()) : html`<p>${detail}</p>`}</div>
  </li>`;
}

function renderVerdict(passed: boolean): Html {
  return passed
    ? html`<li class="verdict verdict-passed"><strong>Everything is in order.</strong> Mail can be read.</li>`
    : html`<li class="verdict verdict-failed">
        <strong>The test stopped here.</strong> Follow “What to do”, then test again.</li>`;
}
