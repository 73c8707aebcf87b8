import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Guide } from '../../../resources/guide.ts';
import type { StandingStep } from '../../../setup/guide/index.ts';
import { copyable } from '../../components/copy.ts';
import { renderField } from '../../components/field.ts';
import { csrfInput, errorSummary } from '../../components/form.ts';
import { problemPanel } from '../../components/problem.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../../context.ts';
import { type FormState, inputProblem, readForm } from '../../form.ts';
import type { Html } from '../../html.ts';
import { signedInPage } from '../../layout.ts';
import { formFields } from '../../resources/fields.ts';
import { postedValues, valuesOf } from '../../resources/values.ts';
import { type GuideForm, guideForms } from './forms.ts';
import { renderInstructions } from './instructions.ts';
import { stepStatus } from './status.ts';

/** One page a step: what is to be done, how it stands by a look, and the way on. */
export function guideStepPages({ administration, secrets }: PageDeps): Hono<ConsoleEnv> {
  const forms = guideForms(administration);
  const { guide: guides } = administration;

  async function render(c: ConsoleContext, id: string, name: string, state: FormState | null): Promise<Html> {
    const [guide, step, outline] = await Promise.all([
      guides.get(id),
      guides.step(id, name),
      guides.outline(id),
    ]);
    const at = outline.findIndex((one) => one.name === name);
    const form = isToBeMade(step, guide) ? forms[name] : undefined;
    const secret = secrets.take(`${c.get('session')} ${id}`);
    return signedInPage(c, {
      title: step.title,
      parent: { href: `/guide/${id}`, label: `Set up ${guide.name}` },
      lead: html`Step ${at + 1} of ${outline.length}: ${stepStatus(step.state)} <span>${step.detail}</span>`,
      content: html`
        ${secret && renderSecret(secret)}
        ${step.problem && problemPanel(step.problem.toJSON())}
        <section class="card">${renderInstructions(step.instructions)}</section>
        ${form && renderForm(c, `/guide/${id}/${name}`, form, state)}
        <div class="actions guide-ways">
          ${outline[at - 1] && html`<a class="button" href="/guide/${id}/${outline[at - 1]?.name}">Back</a>`}
          <a class="button" href="/guide/${id}/${name}">Check again</a>
          ${outline[at + 1] && html`<a class="button ${form ? '' : 'primary'}" href="/guide/${id}/${outline[at + 1]?.name}">Next: ${outline[at + 1]?.title}</a>`}
        </div>`,
    });
  }

  return new Hono<ConsoleEnv>()
    .get('/guide/:id/:step', async (c) =>
      c.html(await render(c, c.req.param('id'), c.req.param('step'), null)),
    )
    .post('/guide/:id/:step', async (c) => {
      const { id, step } = c.req.param();
      const form = forms[step];
      if (!form) return c.redirect(`/guide/${id}/${step}`, 303);
      const guide = await guides.get(id);
      const values = postedValues(form.fields, valuesOf(form.fields, null), await readForm(c));
      try {
        const { next, secret } = await form.make(guide, values);
        if (secret) secrets.keep(`${c.get('session')} ${id}`, secret.value);
        return c.redirect(`/guide/${id}/${next}`, 303);
      } catch (error) {
        const state = { values: { ...values, clientSecret: '' }, problem: inputProblem(error) };
        return c.html(await render(c, id, step, state), 422);
      }
    });
}

/** What is there already is changed on its own page. */
function isToBeMade({ name, state }: StandingStep, { profileId, serverId }: Guide): boolean {
  if (name === 'credentials') return profileId === null;
  if (name === 'mailbox') return serverId === null && profileId !== null;
  return name === 'destination' && serverId !== null && state !== 'done';
}

function renderForm(c: ConsoleContext, action: string, form: GuideForm, given: FormState | null): Html {
  const { resource, fields, submit } = form;
  const state = given ?? { values: valuesOf(fields, null), problem: null };
  const drawn = formFields({ resource, fields, record: null, references: new Map(), values: state.values });
  return html`${errorSummary(state, drawn)}
    <form method="post" action="${action}" class="card form" novalidate>
      ${csrfInput(c)}
      ${drawn.map((field) => renderField(state, field))}
      <div class="actions"><button class="button primary">${submit}</button></div>
    </form>`;
}

function renderSecret(secret: string): Html {
  return html`<section class="card"><h2>Signing secret</h2>
    <p>The receiver verifies each request with it (Standard Webhooks). It is shown this once.</p>
    <p>${copyable(secret, 'signing secret')}</p></section>`;
}
