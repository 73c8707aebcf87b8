import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DestinationConfig } from '../../resources/destination.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';

import { choicesOf, type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm, splitList } from '../form.ts';
import { signedInPage } from '../layout.ts';

/** Who is told when something needs a person. */
export function notificationsPage({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { administratorNotifications: notifications } = administration;
  const fields = async () =>
    listFields(await administration.outgoingServers.list(), await administration.destinations.list());
  return new Hono<ConsoleEnv>()
    .get('/notifications', async (c) => {
      const settings = await notifications.get();
      const values = {
        outgoingServerId: settings.outgoingServerId ?? '',
        addresses: settings.addresses.join('\n'),
        destinationId: settings.destinationId ?? '',
      };
      return c.html(render(c, { values, problem: null }, await fields()));
    })
    .post('/notifications', async (c) => {
      const values = await readForm(c);
      try {
        await notifications.update({
          outgoingServerId: orNull(values.outgoingServerId),
          addresses: splitList(values.addresses, /[\s,;]+/),
          destinationId: orNull(values.destinationId),
        });
        return c.redirect(withDone('/notifications', 'notifications-saved'), 303);
      } catch (error) {
        return c.html(render(c, { values, problem: inputProblem(error) }, await fields()), 422);
      }
    });
}

function render(c: ConsoleContext, state: FormState, fields: Field[]): Html {
  return signedInPage(c, {
    title: 'Notifications',
    lead: 'Who is told when something needs a person: once, with what to do, and once more when it is mended.',
    content: html`${editForm(c, state, {
      action: '/notifications',
      fields,
      content: fields.map((field) => renderField(state, field)),
      submit: 'Save notifications',
      cancel: '/',
    })}
    <p class="note">Told are mailboxes that cannot be read for longer than one poll, credential profiles that fail or must be
      connected again, secrets that expire, dead letters, and messages in quarantine.</p>`,
  });
}

function listFields(servers: OutgoingServer[], destinations: DestinationConfig[]): Field[] {
  return [
    {
      name: 'outgoingServerId',
      label: 'By mail, through',
      kind: 'select',
      choices: choicesOf(servers, 'No mail'),
    },
    {
      name: 'addresses',
      label: 'To',
      kind: 'area',
      rows: 3,
      hint: 'One address a line. Each gets a mail of its own.',
    },
    {
      name: 'destinationId',
      label: 'By webhook',
      kind: 'select',
      choices: choicesOf(
        destinations.filter(({ kind }) => kind === 'webhook'),
        'No webhook',
      ),
      hint: 'A signed request of type administrators.notified.',
    },
  ];
}
