import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DestinationConfig } from '../../model/delivery.ts';
import type { MailServer } from '../../model/mail-server.ts';
import { type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
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
  const fields = listFields(servers);
  return signedInPage(c, {
    title: 'Add a destination',
    parent: { href: '/destinations', label: 'Destinations' },
    lead: 'A webhook by the Standard Webhooks specification: every message is posted as signed JSON.',
    content: editForm(c, state, {
      action: '/destinations',
      fields,
      content: renderFields(state, fields),
      submit: 'Save destination',
      cancel: '/destinations',
    }),
  });
}

function renderEdit(
  c: ConsoleContext,
  destination: DestinationConfig,
  state: FormState,
  servers: MailServer[],
): Html {
  const fields = listFields(servers);
  const path = `/destinations/${destination.id}`;
  return signedInPage(c, {
    title: `Edit ${destination.name}`,
    parent: { href: path, label: destination.name },
    content: editForm(c, state, {
      action: path,
      fields,
      content: renderFields(state, fields),
      submit: 'Save destination',
      cancel: path,
    }),
  });
}

function renderFields(state: FormState, fields: Field[]): Html[] {
  return fields.map((field) =>
    field.name === 'servers'
      ? html`<div class="for-some">${renderField(state, field)}</div>`
      : renderField(state, field),
  );
}

function listFields(servers: MailServer[]): Field[] {
  return [
    { name: 'name', label: 'Name', kind: 'text', required: true, hint: 'Such as “Ticket system”.' },
    {
      name: 'url',
      label: 'URL',
      kind: 'url',
      required: true,
      mono: true,
      placeholder: 'https://',
      hint: 'Where messages are posted. Private addresses need delivery.allowPrivateAddresses in the configuration.',
    },
    {
      name: 'from',
      label: 'Which mail',
      kind: 'choice',
      choices: [
        { value: 'all', label: 'All of it', hint: 'From every server, also those added later.' },
        { value: 'some', label: 'From chosen servers' },
      ],
    },
    {
      name: 'servers',
      label: 'Servers',
      kind: 'ticks',
      choices: servers.map(({ id, name, address }) => ({ value: id, label: name, hint: address })),
      ...(servers.length === 0 && { hint: 'There is no incoming email server yet.' }),
    },
    {
      name: 'enabled',
      label: 'Deliver',
      kind: 'tick',
      hint: 'While this is off, no deliveries are made for new messages.',
    },
  ];
}
