import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DestinationConfig } from '../../resources/destination.ts';
import type { MailServer } from '../../resources/incoming-server.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';

import { choicesOf, type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, readForm, splitList } from '../form.ts';
import { signedInPage } from '../layout.ts';

type Values = Record<string, string>;

const blank: Values = {
  name: '',
  kind: 'webhook',
  url: '',
  recipient: '',
  outgoingServerId: '',
  from: 'all',
  servers: '',
  enabled: '',
};

/** What the fields offer to choose from. */
interface Offered {
  servers: MailServer[];
  /** Those that can forward. */
  outgoing: OutgoingServer[];
}

/** Adding and editing a destination. */
export function destinationFormPages({ administration, secrets }: PageDeps): Hono<ConsoleEnv> {
  const { destinations } = administration;
  const offered = async (): Promise<Offered> => ({
    servers: await administration.servers.list(),
    outgoing: (await administration.outgoingServers.list()).filter(({ kind }) => kind !== 'graph'),
  });
  return new Hono<ConsoleEnv>()
    .get('/destinations/new', async (c) =>
      c.html(renderNew(c, { values: { ...blank, enabled: 'on' }, problem: null }, await offered())),
    )
    .post('/destinations', async (c) => {
      const values = { ...blank, ...(await readForm(c)) };
      try {
        const { id, signingSecret } = await destinations.create(toInput(values));
        if (signingSecret !== null) secrets.keep(`${c.get('session')} ${id}`, signingSecret);
        return c.redirect(withDone(`/destinations/${id}`, 'destination-created'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderNew(c, state, await offered()), 422);
      }
    })
    .get('/destinations/:id/edit', async (c) => {
      const destination = await destinations.get(c.req.param('id'));
      const state = { values: toValues(destination), problem: null };
      return c.html(renderEdit(c, destination, state, await offered()));
    })
    .post('/destinations/:id', async (c) => {
      const destination = await destinations.get(c.req.param('id'));
      const values = { ...blank, ...(await readForm(c)) };
      try {
        await destinations.update(destination.id, toInput({ ...values, kind: destination.kind }));
        return c.redirect(withDone(`/destinations/${destination.id}`, 'destination-saved'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderEdit(c, destination, state, await offered()), 422);
      }
    });
}

function toInput(values: Values) {
  return {
    name: values.name,
    kind: values.kind,
    ...(values.kind === 'forward'
      ? { recipient: values.recipient?.trim(), outgoingServerId: values.outgoingServerId }
      : { url: values.url?.trim() }),
    servers: values.from === 'some' ? splitList(values.servers, /\n/) : null,
    enabled: values.enabled === 'on',
  };
}

function toValues(destination: DestinationConfig): Values {
  return {
    ...blank,
    name: destination.name,
    kind: destination.kind,
    ...(destination.kind === 'webhook'
      ? { url: destination.url }
      : { recipient: destination.recipient, outgoingServerId: destination.outgoingServerId }),
    from: destination.servers === null ? 'all' : 'some',
    servers: (destination.servers ?? []).join('\n'),
    enabled: destination.enabled ? 'on' : '',
  };
}

function renderNew(c: ConsoleContext, state: FormState, offered: Offered): Html {
  const fields = [kindField, ...listFields(offered)];
  return signedInPage(c, {
    title: 'Add a destination',
    parent: { href: '/destinations', label: 'Destinations' },
    lead: 'A webhook gets every message as signed JSON; a forward sends the original to another address.',
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
  offered: Offered,
): Html {
  const own = destination.kind === 'webhook' ? forwardOnly : webhookOnly;
  const fields = listFields(offered).filter(({ name }) => !own.includes(name));
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

const webhookOnly = ['url'];
const forwardOnly = ['recipient', 'outgoingServerId'];

function renderFields(state: FormState, fields: Field[]): Html[] {
  const shownFor = (name: string) =>
    name === 'servers'
      ? 'for-some'
      : webhookOnly.includes(name)
        ? 'for-webhook'
        : forwardOnly.includes(name)
          ? 'for-forward'
          : null;
  return fields.map((field) => {
    const when = shownFor(field.name);
    return when === null
      ? renderField(state, field)
      : html`<div class="${when}">${renderField(state, field)}</div>`;
  });
}

const kindField: Field = {
  name: 'kind',
  label: 'Kind',
  kind: 'choice',
  choices: [
    { value: 'webhook', label: 'Webhook', hint: 'By the Standard Webhooks specification.' },
    { value: 'forward', label: 'Forward the original', hint: 'Unchanged, to an address, by SMTP or LMTP.' },
  ],
};

function listFields({ servers, outgoing }: Offered): Field[] {
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
      name: 'recipient',
      label: 'Address',
      kind: 'email',
      required: true,
      placeholder: 'archive@contoso.com',
      hint: 'Where the originals go. Bounces come to the address of the outgoing server.',
    },
    {
      name: 'outgoingServerId',
      label: 'Outgoing email server',
      kind: 'select',
      required: true,
      choices: choicesOf(
        outgoing,
        outgoing.length === 0 ? 'There is none yet that can forward' : 'Choose a server',
      ),
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
