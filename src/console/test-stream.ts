import { html } from 'hono/html';
import type { CheckResult } from '../doctor/check.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { Problem, type ProblemJson } from '../model/problem.ts';
import type { Log } from '../telemetry/log.ts';
import { icon } from './components/icon.ts';
import { problemPanel } from './components/problem.ts';
import { facts } from './components/table.ts';
import type { ConsoleContext } from './context.ts';
import type { Html } from './html.ts';
import { signedInPage } from './layout.ts';
import { place, streamPage } from './stream.ts';

/** A test whose steps a page shows one after the other. */
interface ShownTest {
  title: string;
  lead: string;
  /** What is tested. */
  parent: { href: string; label: string };
  /** What is done next, beside the verdict. */
  actions: Html;
  /** The problem as it is told of what is tested, and the ways to what mends it; without, as it is. */
  tell?: (problem: ProblemJson) => { problem: ProblemJson; doors: Html | null };
  /** What it means that all steps passed. */
  passed: string;
  /** At the end what they come to, where there is more to say than that one of them failed. */
  steps: () => AsyncIterable<CheckResult | { diagnosis: Diagnosis }>;
}

/** The page is sent as the test goes on, so each step shows when it ends. */
export function testPage(c: ConsoleContext, log: Log, test: ShownTest): Promise<Response> {
  async function* parts(): AsyncGenerator<Html> {
    let passed = true;
    let diagnosis: Diagnosis | null = null;
    try {
      for await (const result of test.steps()) {
        if ('diagnosis' in result) {
          diagnosis = result.diagnosis;
          continue;
        }
        passed &&= result.outcome !== 'failed';
        yield renderStep(result);
      }
    } catch (error) {
      passed = false;
      if (!(error instanceof Problem)) log.error({ err: error }, 'a test failed unexpectedly');
      yield html`<li class="check check-failed">${problemPanel(Problem.from(error).toJSON())}</li>`;
    }
    yield diagnosis ? renderDiagnosis(diagnosis, test) : renderVerdict(passed, test);
  }

  return streamPage(c, renderFrame(c, test), parts);
}

function renderFrame(c: ConsoleContext, { title, lead, parent }: ShownTest): Html {
  return signedInPage(c, {
    title,
    parent,
    lead,
    content: html`<ol class="checks" aria-live="polite">${place}</ol>
      <div class="actions"><a class="button" href="${parent.href}">Back to ${parent.label}</a></div>`,
  });
}

const looks = {
  passed: { icon: 'ok', word: 'passed' },
  remark: { icon: 'warn', word: 'passed, with a remark' },
  failed: { icon: 'bad', word: 'failed' },
  'not-judged': { icon: 'todo', word: 'cannot be judged' },
} as const satisfies Record<CheckResult['outcome'], { icon: string; word: string }>;

function renderStep({ title, outcome, detail, evidence, problem, tookMs }: CheckResult): Html {
  const look = looks[outcome];
  return html`<li class="check check-${outcome}">
    ${icon(look.icon)}
    <div><h2>${title} <span class="visually-hidden">${look.word}</span></h2>
    <p>${problem ? `${problem.title}${problem.detail ? `: ${problem.detail}` : ''}` : detail}</p>
    ${
      evidence.length > 0 &&
      html`<details><summary>What was seen</summary>${facts([
        ...evidence.map(({ label, value }): [string, Html] => [label, html`${value}`]),
        ['Took', html`${tookMs} ms`],
      ])}</details>`
    }</div>
  </li>`;
}

/** The one verdict, which stands above the checks that it comes from. */
function renderDiagnosis({ problem, possible, also }: Diagnosis, { passed, actions, tell }: ShownTest): Html {
  const told = (one: Problem) => tell?.(one.toJSON()) ?? { problem: one.toJSON(), doors: null };
  const [likeliest, ...others] = possible;
  const more = [
    ...(likeliest?.decide ? [['To be sure', likeliest.decide] as const] : []),
    ...others.map(({ why, decide, remedy }) => ['Or', `${why} ${decide ?? remedy}`] as const),
  ];
  const verdict = problem
    ? problemPanel(told(problem).problem, html`${told(problem).doors}${actions}`, more)
    : html`<p class="verdict-passed"><strong>Everything is in order.</strong> ${passed}</p>
        <div class="actions">${actions}</div>`;
  return html`<li class="verdict">${verdict}
    ${also.length > 0 && html`<h2>${problem ? 'This is wrong as well' : 'This is to be mended all the same'}</h2>`}
    ${also.map((one) => problemPanel(told(one).problem))}</li>`;
}

function renderVerdict(passed: boolean, { passed: meaning, actions }: ShownTest): Html {
  return html`<li class="verdict">${
    passed
      ? html`<p class="verdict-passed"><strong>Everything is in order.</strong> ${meaning}</p>`
      : html`<p class="verdict-failed"><strong>Something is wrong.</strong> Follow “What to do”, then test again.</p>`
  }<div class="actions">${actions}</div></li>`;
}
