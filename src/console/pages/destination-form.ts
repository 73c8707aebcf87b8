import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { DestinationConfig } from '../../model/delivery.ts';
import type { MailServer } from '../../model/mail-server.ts';
import { choiceField, fieldId, inputField, tickField } from '../components/field.ts';
import { csrfInput, errorSummary } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, readForm, splitList } from '../form.ts';
import { signedInPage } from '../layout.ts';

type Values = Record<string, string>;

const blank: Values = { name: '', url: '', from: 'all', servers: '', enabled: '' };

/** Adding and editing a destination. */
export function destinationFormPages({ administration, secrets }: PageDeps): Hono<ConsoleEnv> {
  const { destinations, servers } = administration;
  return new Hono<ConsoleEnv>()
    .get('/destinations/new', async (c) =>
      c.html(renderNew(c, { values: { ...blank, enabled: 'on' }, problem: null }, await servers.list())),
    )
    .post('/destinations', async (c) => {
      const values = { ...blank, ...(await readForm(c)) };
      try {
        const { id, signingSecret } = await destinations.create(toInput(values));
        secrets.keep(`${c.get('session')} ${id}`, signingSecret);
        return c.redirect(withDone(`/destinations/${id}`, 'destination-created'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderNew(c, state, await servers.list()), 422);
      }
    })
    .get('/destinations/:id/edit', async (c) => {
      const destination = await destinations.get(c.req.param('id'));
      const state = { values: toValues(destination), problem: null };
      return c.html(renderEdit(c, destination, state, await servers.list()));
    })
    .post('/destinations/:id', async (c) => {
      const destination = await destinations.get(c.req.param('id'));
      const values = { ...blank, ...(await readForm(c)) };
      try {
        await destinations.update(destination.id, toInput(values));
        return c.redirect(withDone(`/destinations/${destination.id}`, 'destination-saved'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderEdit(c, destination, state, await servers.list()), 422);
      }
    });
}

function toInput(values: Values) {
  return {
    name: values.name,
    url: values.url?.trim(),
    servers: values.from === 'some' ? splitList(values.servers, /\n/) : null,
    enabled: values.enabled === 'on',
  };
}

function toValues(destination: DestinationConfig): Values {
  return {
    name: destination.name,
    url: destination.url,
    from: destination.servers === null ? 'all' : 'some',
    servers: (destination.servers ?? []).join('\n'),
    enabled: destination.enabled ? 'on' : '',
  };
}

function renderNew(c: ConsoleContext, state: FormState, servers: MailServer[]): Html {
  return signedInPage(c, {
    title: 'Add a destination',
    parent: { href: '/destinations', label: 'Destinations' },
    lead: 'A webhook by the Standard Webhooks specification: every message is posted as signed JSON.',
    content: html`${errorSummary(state)}
      <form method="post" action="/destinations" class="card form" novalidate>
        ${csrfInput(c)}
        ${fields(state, servers)}
        <div class="actions"><button class="button primary">Save destination</button><a class="button" href="/destinations">Cancel</a></div>
      </form>`,
  });
}

function renderEdit(
  c: ConsoleContext,
  destination: DestinationConfig,
  state: FormState,
  servers: MailServer[],
): Html {
  const path = `/destinations/${destination.id}`;
  return signedInPage(c, {
    title: `Edit ${destination.name}`,
    parent: { href: path, label: destination.name },
    content: html`${errorSummary(state)}
      <form method="post" action="${path}" class="card form" novalidate>
        ${csrfInput(c)}
        ${fields(state, servers)}
        <div class="actions"><button class="button primary">Save destination</button><a class="button" href="${path}">Cancel</a></div>
      </form>`,
  });
}

function fields(state: FormState, servers: MailServer[]): Html {
  return html`
    ${inputField(state, { name: 'name', label: 'Name', required: true, maxlength: 100, hint: 'Such as “Ticket system”.' })}
    ${inputField(state, { name: 'url', label: 'URL', type: 'url', required: true, mono: true, placeholder: 'https://', hint: 'Where messages are posted. Private addresses work only where delivery.allowPrivateAddresses in the configuration allows them.' })}
    ${choiceField(state, {
      name: 'from',
      label: 'Which mail',
      choices: [
        { value: 'all', label: 'All of it', hint: 'From every server, also those added later.' },
        { value: 'some', label: 'From chosen servers' },
      ],
    })}
    <div class="for-some">${serverTicks(state, servers)}</div>
    ${tickField(state, { name: 'enabled', label: 'Deliver', hint: 'While this is off, no deliveries are made for new messages.' })}`;
}

function serverTicks(state: FormState, servers: MailServer[]): Html {
  const chosen = splitList(state.values.servers, /\n/);
  return html`<fieldset class="field choices" id="${fieldId('servers')}">
    <legend>Servers</legend>
    ${servers.length === 0 && html`<p class="hint">There is no incoming email server yet.</p>`}
    <div class="choice-list">${servers.map(
      ({ id, name, address }) => html`<label class="choice">
        <input type="checkbox" name="servers" value="${id}"${chosen.includes(id) ? raw(' checked') : ''}>
        <span><strong>${name}</strong><small>${address}</small></span>
      </label>`,
    )}</div>
  </fieldset>`;
}
