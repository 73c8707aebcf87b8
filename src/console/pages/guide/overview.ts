import { Hono } from 'hono';
import { html } from 'hono/html';
import type { StandingStep } from '../../../setup/guide/index.ts';
import type { ConsoleEnv, PageDeps } from '../../context.ts';
import type { Html } from '../../html.ts';
import { signedInPage } from '../../layout.ts';
import { place, streamPage } from '../../stream.ts';
import { stepStatus } from './status.ts';

/** All steps of one guide with how each stands; that of a server or profile is its health. */
export function guideOverview({ administration }: PageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().get('/guide/:id', async (c) => {
    const id = c.req.param('id');
    const guide = await administration.guide.get(id);
    const isHealth = guide.id === guide.profileId || guide.id === guide.serverId;
    const frame = signedInPage(c, {
      title: isHealth ? `Health of ${guide.name}` : `Set up ${guide.name}`,
      parent: { href: '/guide', label: 'Set-up guide' },
      lead: html`<strong>${guide.address}</strong>. Each step is looked at now; none is done by a tick.`,
      actions: html`<a class="button" href="/guide/${id}">Look again</a>`,
      content: html`<ol class="checks guide-steps">${place}</ol>`,
    });
    return streamPage(c, frame, async function* () {
      const steps = await administration.guide.steps(id);
      for (const [at, step] of steps.entries()) yield renderStanding(id, step, at + 1);
    });
  });
}

function renderStanding(id: string, { name, title, state, detail }: StandingStep, at: number): Html {
  return html`<li class="check">
    <span class="step-number" aria-hidden="true">${at}</span>
    <div><h2><a href="/guide/${id}/${name}">${title}</a></h2>
    <p>${stepStatus(state)} <span>${detail}</span></p></div>
  </li>`;
}
