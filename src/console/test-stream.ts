import { html, raw } from 'hono/html';
import type { CheckResult } from '../administration/administration.ts';
import { openTextStream, unbuffered } from '../http/byte-stream.ts';
import { Problem } from '../model/problem.ts';
import type { Log } from '../telemetry/log.ts';
import { icon } from './components/icon.ts';
import { problemPanel } from './components/problem.ts';
import type { ConsoleContext } from './context.ts';
import type { Html } from './html.ts';
import { signedInPage } from './layout.ts';

/** Where the page is cut in two: before it what is sent at once, in its place the steps as they end. */
const cut = '<!-- steps -->';

/** A test whose steps a page shows one after the other. */
interface ShownTest {
  title: string;
  lead: string;
  /** What is tested. */
  parent: { href: string; label: string };
  /** Ways on, below the steps. */
  actions: Html;
  /** What it means that all steps passed. */
  passed: string;
  steps: () => AsyncIterable<CheckResult>;
}

/** The page is sent as the test goes on, so each step shows when it ends, without any script. */
export async function testPage(c: ConsoleContext, log: Log, test: ShownTest): Promise<Response> {
  const [before = '', after = ''] = String(await renderFrame(c, test)).split(cut);

  async function* parts(signal: AbortSignal): AsyncGenerator<string> {
    yield before;
    let passed = true;
    try {
      for await (const result of test.steps()) {
        if (signal.aborted) return;
        passed &&= result.passed;
        yield String(await renderStep(result));
      }
    } catch (error) {
      passed = false;
      if (!(error instanceof Problem)) log.error({ err: error }, 'a test failed unexpectedly');
      yield String(
        await html`<li class="check check-failed">${problemPanel(Problem.from(error).toJSON())}</li>`,
      );
    }
    yield String(await renderVerdict(passed, test));
    yield after;
  }

  return c.body(openTextStream(parts), 200, { 'content-type': 'text/html; charset=utf-8', ...unbuffered });
}

function renderFrame(c: ConsoleContext, { title, lead, parent, actions }: ShownTest): Html {
  return signedInPage(c, {
    title,
    parent,
    lead,
    content: html`<ol class="checks" aria-live="polite">${raw(cut)}</ol>
      <div class="actions">
        ${actions}
        <a class="button" href="${parent.href}">Back to ${parent.label}</a>
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

function renderVerdict(passed: boolean, test: ShownTest): Html {
  return passed
    ? html`<li class="verdict verdict-passed"><strong>Everything is in order.</strong> ${test.passed}</li>`
    : html`<li class="verdict verdict-failed">
        <strong>The test stopped here.</strong> Follow “What to do”, then test again.</li>`;
}
