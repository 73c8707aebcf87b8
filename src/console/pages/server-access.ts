import { Hono } from 'hono';
import { html } from 'hono/html';
import type { RestrictionProof } from '../../model/mail-server.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { SetupStep } from '../../setup/exchange-access.ts';
import { copyable } from '../components/copy.ts';
import { type FormField, renderField } from '../components/field.ts';
import { csrfInput, errorSummary } from '../components/form.ts';
import { exactly } from '../components/moment.ts';
import { status } from '../components/status.ts';
import { facts } from '../components/table.ts';
import type { ConsoleContext, ConsoleEnv, PageDeps } from '../context.ts';
import { type FormState, inputProblem, readForm } from '../form.ts';
import type { Html } from '../html.ts';
import { signedInPage } from '../layout.ts';

const mailboxField: FormField = {
  name: 'mailbox',
  label: 'Another mailbox',
  control: { kind: 'email' },
  required: true,
  help: 'One that exists and that this app must not read. Nothing in it is changed.',
};

/** Access to this one mailbox: how it is given, and the proof that it reaches no other. */
export function serverAccessPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { servers, mailboxAccess } = administration;

  async function render(c: ConsoleContext, server: MailServer, state: FormState) {
    const [steps, proof] = await Promise.all([
      mailboxAccess.setup(server.id),
      mailboxAccess.restriction(server.id),
    ]);
    const path = `/servers/${server.id}`;
    return signedInPage(c, {
      title: 'Access to the mailbox',
      parent: { href: path, label: server.name },
      lead: html`What opens ${server.address} must open no other mailbox.`,
      content: html`
        ${errorSummary(state, [mailboxField])}
        <section class="card">
          <h2>Proof</h2>
          ${proof && facts(proofFacts(proof))}
          <form method="post" action="${path}/access" class="form proof" novalidate>
            ${csrfInput(c)}
            ${renderField(state, mailboxField)}
            <div class="actions"><button class="button primary">Try to open it</button></div>
          </form>
        </section>
        ${
          steps.length > 0 &&
          html`<section class="steps">
            <h2>How access is given in Exchange Online</h2>
            <p>For an Exchange administrator, in PowerShell, from the first to the last step.</p>
            ${steps.map(renderStep)}
          </section>`
        }`,
    });
  }

  return new Hono<ConsoleEnv>()
    .get('/servers/:id/access', async (c) => {
      const server = await servers.get(c.req.param('id'));
      return c.html(await render(c, server, { values: {}, problem: null }));
    })
    .post('/servers/:id/access', async (c) => {
      const server = await servers.get(c.req.param('id'));
      const { mailbox } = await readForm(c);
      try {
        await mailboxAccess.proveRestriction(server.id, { mailbox });
        return c.redirect(`/servers/${server.id}/access`, 303);
      } catch (error) {
        const state = { values: { mailbox: mailbox ?? '' }, problem: inputProblem(error) };
        return c.html(await render(c, server, state), 422);
      }
    });
}

/** How a proof ended, in a word and a colour. */
export function proofStatus({ outcome }: RestrictionProof): Html {
  if (outcome === 'refused') return status('ok', 'Refused, as it must be');
  return outcome === 'open' ? status('bad', 'It could be read') : status('warn', 'Not clear');
}

function proofFacts(proof: RestrictionProof): [string, Html | string][] {
  return [
    ['Tried', proof.mailbox],
    ['Outcome', proofStatus(proof)],
    ['What was said', proof.detail],
    ['When', exactly(proof.checkedAt)],
  ];
}

function renderStep({ title, why, commands }: SetupStep): Html {
  return html`<section class="card">
    <h3>${title}</h3>
    <p>${why}</p>
    <ul class="commands">${commands.map((command) => html`<li>${copyable(command, 'command')}</li>`)}</ul>
  </section>`;
}
