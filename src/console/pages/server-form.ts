import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../resources/credential-profile.ts';
import type { MailServer } from '../../resources/incoming-server.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';

import { attributes } from '../components/attributes.ts';
import { type Field, renderField } from '../components/field.ts';
import { editForm } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm, splitList } from '../form.ts';
import { signedInPage } from '../layout.ts';
import {
  acknowledgementFields,
  acknowledgementValues,
  blankAcknowledgement,
  renderAcknowledgement,
  toAcknowledgement,
} from './acknowledgement-fields.ts';
import { serverFields } from './server-fields.ts';

type Values = Record<string, string>;

/** What the fields offer to choose from. */
interface Offered {
  profiles: CredentialProfile[];
  outgoing: OutgoingServer[];
}

const blank: Values = {
  name: '',
  address: '',
  profileId: '',
  shared: '',
  protocol: 'imap',
  host: '',
  security: 'tls',
  port: '',
  username: '',
  folders: 'INBOX',
  startFrom: 'now',
  startDate: '',
  'afterIntake.action': 'leave',
  'afterIntake.folder': '',
  'afterIntake.afterDays': '',
  certificateAuthority: '',
  ...blankAcknowledgement,
};

/** Adding and editing an incoming email server. */
export function serverFormPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { servers } = administration;
  const offered = async (): Promise<Offered> => ({
    profiles: await administration.profiles.list(),
    outgoing: await administration.outgoingServers.list(),
  });
  return new Hono<ConsoleEnv>()
    .get('/servers/new', async (c) => {
      const values = { ...blank, profileId: c.req.query('profile') ?? '' };
      return c.html(renderNew(c, { values, problem: null }, await offered()));
    })
    .post('/servers', async (c) => {
      const values = { ...blank, ...(await readForm(c)) };
      try {
        const { id } = await servers.create(toInput(values));
        return c.redirect(withDone(`/servers/${id}`, 'server-created'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderNew(c, state, await offered()), 422);
      }
    })
    .get('/servers/:id/edit', async (c) => {
      const server = await servers.get(c.req.param('id'));
      return c.html(renderEdit(c, server, { values: toValues(server), problem: null }, await offered()));
    })
    .post('/servers/:id', async (c) => {
      const server = await servers.get(c.req.param('id'));
      const values = { ...blank, ...(await readForm(c)) };
      try {
        await servers.update(server.id, toInput(values));
        return c.redirect(withDone(`/servers/${server.id}`, 'server-saved'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderEdit(c, server, state, await offered()), 422);
      }
    });
}

function toInput(values: Values) {
  const port = orNull(values.port);
  const host = orNull(values.host);
  const isHttps = values.protocol === 'graph' || values.protocol === 'ews';
  return {
    name: values.name,
    address: values.address,
    profileId: values.profileId,
    shared: values.shared === 'on',
    protocol: values.protocol,
    ...(host !== null && { host }),
    // HTTPS has no other.
    security: isHttps ? 'tls' : values.security,
    ...(port !== null && { port }),
    username: orNull(values.username),
    // POP3 shows no other.
    folders: values.protocol === 'pop3' ? ['INBOX'] : splitList(values.folders, /\r?\n/),
    ...(values.startFrom !== 'keep' && {
      startFrom: values.startFrom === 'date' ? values.startDate : values.startFrom,
    }),
    afterIntake: toAfterIntake(values),
    certificateAuthority: orNull(values.certificateAuthority),
    acknowledgement: toAcknowledgement(values),
  };
}

function toAfterIntake(values: Values) {
  const action = values['afterIntake.action'];
  const afterDays = orNull(values['afterIntake.afterDays']);
  if (action === 'move') return { action, folder: values['afterIntake.folder'] };
  return action === 'delete' && afterDays !== null ? { action, afterDays } : { action };
}

function toValues(server: MailServer): Values {
  return {
    name: server.name,
    address: server.address,
    profileId: server.profileId,
    shared: server.shared ? 'on' : '',
    protocol: server.protocol,
    host: server.host,
    security: server.security,
    port: String(server.port),
    username: server.username ?? '',
    folders: server.folders.join('\n'),
    startFrom: 'keep',
    startDate: '',
    'afterIntake.action': server.afterIntake.action,
    'afterIntake.folder': server.afterIntake.action === 'move' ? server.afterIntake.folder : '',
    'afterIntake.afterDays':
      server.afterIntake.action === 'delete' ? String(server.afterIntake.afterDays ?? '') : '',
    certificateAuthority: server.certificateAuthority ?? '',
    ...acknowledgementValues(server.acknowledgement),
  };
}

function renderNew(c: ConsoleContext, state: FormState, offered: Offered): Html {
  const fields = serverFields(offered.profiles, null);
  return signedInPage(c, {
    title: 'Add an incoming email server',
    parent: { href: '/servers', label: 'Incoming email servers' },
    content: html`
      ${
        offered.profiles.length === 0 &&
        html`<p class="note">A server signs in with a credential profile, and there is none yet.
          <a href="/profiles/new">Add a credential profile</a> first.</p>`
      }
      ${editForm(c, state, {
        action: '/servers',
        fields: [...Object.values(fields), ...acknowledgementFields(offered.outgoing)],
        content: renderFields(state, fields, offered.outgoing),
        submit: 'Save and start',
        cancel: '/servers',
      })}`,
  });
}

function renderEdit(c: ConsoleContext, server: MailServer, state: FormState, offered: Offered): Html {
  const fields = serverFields(offered.profiles, server);
  const path = `/servers/${server.id}`;
  return signedInPage(c, {
    title: `Edit ${server.name}`,
    parent: { href: path, label: server.name },
    content: editForm(c, state, {
      action: path,
      fields: [...Object.values(fields), ...acknowledgementFields(offered.outgoing)],
      content: renderFields(state, fields, offered.outgoing),
      submit: 'Save server',
      cancel: path,
    }),
  });
}

function renderFields(
  state: FormState,
  fields: ReturnType<typeof serverFields>,
  outgoing: OutgoingServer[],
): Html {
  const render = (field: Field) => renderField(state, field);
  return html`
    ${[fields.name, fields.address, fields.shared, fields.profileId, fields.protocol].map(render)}
    <div class="group">
      <h2>Connection</h2>
      ${render(fields.host)}
      <div class="for-mail-protocols">${render(fields.security)}</div>
      ${[fields.port, fields.username].map(render)}
      <details class="more"${attributes({ open: Boolean(state.values.certificateAuthority) })}>
        <summary>${fields.certificateAuthority.label}</summary>
        ${render(fields.certificateAuthority)}
      </details>
    </div>
    <div class="group">
      <h2>Mail</h2>
      <div class="for-folders">${render(fields.folders)}</div>
      ${render(fields.startFrom)}
      <div class="for-date">${render(fields.startDate)}</div>
      ${render(fields.afterIntake)}
      <div class="for-move">${render(fields.afterIntakeFolder)}</div>
      <div class="for-delete">${render(fields.afterIntakeDays)}</div>
    </div>
    ${renderAcknowledgement(state, outgoing)}`;
}
