import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../resources/credential-profile.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';

import { attributes } from '../components/attributes.ts';
import { type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm } from '../form.ts';
import { signedInPage } from '../layout.ts';
import { outgoingServerFields } from './outgoing-server-fields.ts';

type Values = Record<string, string>;

const blank: Values = {
  name: '',
  address: '',
  displayName: '',
  kind: 'smtp',
  profileId: '',
  host: '',
  security: '',
  port: '',
  username: '',
  certificateAuthority: '',
  enabled: '',
};

/** Adding and editing an outgoing email server. */
export function outgoingServerFormPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { outgoingServers, profiles } = administration;
  return new Hono<ConsoleEnv>()
    .get('/outgoing-servers/new', async (c) => {
      const state = { values: { ...blank, enabled: 'on' }, problem: null };
      return c.html(renderNew(c, state, await profiles.list()));
    })
    .post('/outgoing-servers', async (c) => {
      const values = { ...blank, ...(await readForm(c)) };
      try {
        const { id } = await outgoingServers.create(toInput(values));
        return c.redirect(withDone(`/outgoing-servers/${id}`, 'outgoing-server-created'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderNew(c, state, await profiles.list()), 422);
      }
    })
    .get('/outgoing-servers/:id/edit', async (c) => {
      const server = await outgoingServers.get(c.req.param('id'));
      const state = { values: toValues(server), problem: null };
      return c.html(renderEdit(c, server, state, await profiles.list()));
    })
    .post('/outgoing-servers/:id', async (c) => {
      const server = await outgoingServers.get(c.req.param('id'));
      const values = { ...blank, ...(await readForm(c)) };
      try {
        await outgoingServers.update(server.id, toInput(values));
        return c.redirect(withDone(`/outgoing-servers/${server.id}`, 'outgoing-server-saved'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderEdit(c, server, state, await profiles.list()), 422);
      }
    });
}

/** What was left empty is left out, so that it follows from kind and profile. */
function toInput(values: Values) {
  const [host, port] = [orNull(values.host), orNull(values.port)];
  return {
    name: values.name,
    address: values.address,
    displayName: orNull(values.displayName),
    kind: values.kind,
    profileId: orNull(values.profileId),
    ...(host !== null && { host }),
    ...(port !== null && { port }),
    ...(values.security !== '' && values.kind !== 'graph' && { security: values.security }),
    username: orNull(values.username),
    certificateAuthority: orNull(values.certificateAuthority),
    enabled: values.enabled === 'on',
  };
}

function toValues(server: OutgoingServer): Values {
  return {
    name: server.name,
    address: server.address,
    displayName: server.displayName ?? '',
    kind: server.kind,
    profileId: server.profileId ?? '',
    host: server.host,
    security: server.security,
    port: String(server.port),
    username: server.username ?? '',
    certificateAuthority: server.certificateAuthority ?? '',
    enabled: server.enabled ? 'on' : '',
  };
}

function renderNew(c: ConsoleContext, state: FormState, profiles: CredentialProfile[]): Html {
  const fields = outgoingServerFields(profiles);
  return signedInPage(c, {
    title: 'Add an outgoing email server',
    parent: { href: '/outgoing-servers', label: 'Outgoing email servers' },
    content: editForm(c, state, {
      action: '/outgoing-servers',
      fields: Object.values(fields),
      content: renderFields(state, fields),
      submit: 'Save outgoing server',
      cancel: '/outgoing-servers',
    }),
  });
}

function renderEdit(
  c: ConsoleContext,
  server: OutgoingServer,
  state: FormState,
  profiles: CredentialProfile[],
): Html {
  const fields = outgoingServerFields(profiles);
  const path = `/outgoing-servers/${server.id}`;
  return signedInPage(c, {
    title: `Edit ${server.name}`,
    parent: { href: path, label: server.name },
    content: editForm(c, state, {
      action: path,
      fields: Object.values(fields),
      content: renderFields(state, fields),
      submit: 'Save outgoing server',
      cancel: path,
    }),
  });
}

function renderFields(state: FormState, fields: ReturnType<typeof outgoingServerFields>): Html {
  const render = (field: Field) => renderField(state, field);
  return html`
    ${[fields.name, fields.address, fields.displayName, fields.kind, fields.profileId].map(render)}
    <div class="group">
      <h2>Connection</h2>
      ${render(fields.host)}
      <div class="for-smtp">${render(fields.security)}</div>
      ${[fields.port, fields.username].map(render)}
      <details class="more"${attributes({ open: Boolean(state.values.certificateAuthority) })}>
        <summary>${fields.certificateAuthority.label}</summary>
        ${render(fields.certificateAuthority)}
      </details>
    </div>
    ${render(fields.enabled)}`;
}
