import { Hono } from 'hono';
import { html } from 'hono/html';
import { type Guide, guideFields, guides } from '../../../resources/guide.ts';
import { renderField } from '../../components/field.ts';
import { buttonForm, editForm } from '../../components/form.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../../context.ts';
import { type FormState, inputProblem, readForm } from '../../form.ts';
import type { Html } from '../../html.ts';
import { signedInPage } from '../../layout.ts';
import { formFields } from '../../resources/fields.ts';
import { inputOf, postedValues, valuesOf } from '../../resources/values.ts';
import { guideOverview } from './overview.ts';
import { guideStepPages } from './step.ts';

const asked = ['name', 'address', 'provider', 'protocol', 'grant', 'shared'] as const;
const fields = Object.fromEntries(asked.map((name) => [name, guideFields[name]]));

/** The set-up guide: begun for a mailbox, one page a step, each looked at and not ticked. */
export function guidePages(deps: PageDeps): Hono<ConsoleEnv> {
  const { guide } = deps.administration;
  const pages = new Hono<ConsoleEnv>()
    .get('/guide', async (c) =>
      c.html(
        await renderStart(c, await guide.list(), { values: valuesOf(guideFields, null), problem: null }),
      ),
    )
    .post('/guide', async (c) => {
      const values = postedValues(fields, valuesOf(guideFields, null), await readForm(c));
      try {
        const { id } = await guide.begin(inputOf(guides, values, ['profileId', 'serverId']));
        return c.redirect(`/guide/${id}/prerequisites`, 303);
      } catch (error) {
        return c.html(
          await renderStart(c, await guide.list(), { values, problem: inputProblem(error) }),
          422,
        );
      }
    })
    .post('/guide/:id/remove', async (c) => {
      await guide.remove(c.req.param('id'));
      return c.redirect('/guide', 303);
    });
  pages.route('/', guideOverview(deps));
  pages.route('/', guideStepPages(deps));
  return pages;
}

async function renderStart(c: ConsoleContext, begun: Guide[], state: FormState): Promise<Html> {
  const drawn = formFields({
    resource: guides,
    fields,
    record: null,
    references: new Map(),
    values: state.values,
  });
  return signedInPage(c, {
    title: 'Set-up guide',
    lead: 'From nothing to the first mail, in Azure’s own words and order. It is kept: leave it and go on whenever you like.',
    content: html`
      ${begun.length > 0 && renderBegun(c, begun)}
      <h2 class="guide-heading">${begun.length > 0 ? 'Set up another mailbox' : 'Set up a mailbox'}</h2>
      ${editForm(c, state, {
        action: '/guide',
        fields: drawn,
        content: html`${drawn.map((field) => renderField(state, field))}`,
        submit: 'Begin',
        cancel: '/',
      })}`,
  });
}

function renderBegun(c: ConsoleContext, begun: Guide[]): Html {
  return html`<section class="card"><h2>Begun</h2>
    <ul class="begun">${begun.map(
      ({ id, name, address }) => html`<li>
        <div><a href="/guide/${id}"><strong>${name}</strong></a> <span class="faint">${address}</span></div>
        <div class="actions"><a class="button" href="/guide/${id}">Go on</a>
          ${buttonForm(c, `/guide/${id}/remove`, html`Remove<span class="visually-hidden"> the guide ${name}</span>`, 'button quiet')}</div>
      </li>`,
    )}</ul></section>`;
}
