import { Hono } from 'hono';
import { html } from 'hono/html';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import type { AfterIntake, MailServer } from '../../model/mail-server.ts';
import { type Choice, choiceField, inputField, selectField, textField } from '../components/field.ts';
import { csrfInput, errorSummary } from '../components/form.ts';
import type { ConsoleContext, ConsoleEnv, Html, PageDeps } from '../context.ts';
import { withDone } from '../done.ts';
import { type FormState, inputProblem, orNull, readForm, splitList } from '../form.ts';
import { formatInstant } from '../format.ts';
import { signedInPage } from '../layout.ts';

type Values = Record<string, string>;

const blank: Values = {
  name: '',
  address: '',
  profileId: '',
  host: 'outlook.office365.com',
  security: 'tls',
  port: '',
  username: '',
  folders: 'INBOX',
  startFrom: 'now',
  startDate: '',
  'afterIntake.action': 'leave',
  'afterIntake.folder': '',
  certificateAuthority: '',
};

/** Adding and editing an incoming email server. */
export function serverFormPages({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { servers, profiles } = administration;
  return new Hono<ConsoleEnv>()
    .get('/servers/new', async (c) => {
      const values = { ...blank, profileId: c.req.query('profile') ?? '' };
      return c.html(renderNew(c, { values, problem: null }, await profiles.list()));
    })
    .post('/servers', async (c) => {
      const values = { ...blank, ...(await readForm(c)) };
      try {
        const { id } = await servers.create(toInput(values));
        return c.redirect(withDone(`/servers/${id}`, 'server-created'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderNew(c, state, await profiles.list()), 422);
      }
    })
    .get('/servers/:id/edit', async (c) => {
      const server = await servers.get(c.req.param('id'));
      return c.html(
        renderEdit(c, server, { values: toValues(server), problem: null }, await profiles.list()),
      );
    })
    .post('/servers/:id', async (c) => {
      const server = await servers.get(c.req.param('id'));
      const values = { ...blank, ...(await readForm(c)) };
      try {
        await servers.update(server.id, toInput(values));
        return c.redirect(withDone(`/servers/${server.id}`, 'server-saved'), 303);
      } catch (error) {
        const state = { values, problem: inputProblem(error) };
        return c.html(renderEdit(c, server, state, await profiles.list()), 422);
      }
    });
}

function toInput(values: Values) {
  const action = values['afterIntake.action'];
  const port = orNull(values.port);
  return {
    name: values.name,
    address: values.address,
    profileId: values.profileId,
    host: values.host,
    security: values.security,
    ...(port !== null && { port }),
    username: orNull(values.username),
    folders: splitList(values.folders, /\r?\n/),
    ...(values.startFrom !== 'keep' && {
      startFrom: values.startFrom === 'date' ? values.startDate : values.startFrom,
    }),
    afterIntake: action === 'move' ? { action, folder: values['afterIntake.folder'] } : { action },
    certificateAuthority: orNull(values.certificateAuthority),
  };
}

function toValues(server: MailServer): Values {
  return {
    name: server.name,
    address: server.address,
    profileId: server.profileId,
    host: server.host,
    security: server.security,
    port: String(server.port),
    username: server.username ?? '',
    folders: server.folders.join('\n'),
    startFrom: 'keep',
    startDate: '',
    'afterIntake.action': server.afterIntake.action,
    'afterIntake.folder': server.afterIntake.action === 'move' ? server.afterIntake.folder : '',
    certificateAuthority: server.certificateAuthority ?? '',
  };
}

function renderNew(c: ConsoleContext, state: FormState, profiles: CredentialProfile[]): Html {
  return signedInPage(c, {
    title: 'Add an incoming email server',
    parent: { href: '/servers', label: 'Incoming email servers' },
    content: html`${errorSummary(state)}
      ${profiles.length === 0 && html`<p class="note">A server signs in with a credential profile, and there is none yet. <a href="/profiles/new">Add a credential profile</a> first.</p>`}
      <form method="post" action="/servers" class="card form" novalidate>
        ${csrfInput(c)}
        ${fields(state, profiles, null)}
        <div class="actions"><button class="button primary">Save and start</button><a class="button" href="/servers">Cancel</a></div>
      </form>`,
  });
}

function renderEdit(
  c: ConsoleContext,
  server: MailServer,
  state: FormState,
  profiles: CredentialProfile[],
): Html {
  const path = `/servers/${server.id}`;
  return signedInPage(c, {
    title: `Edit ${server.name}`,
    parent: { href: path, label: server.name },
    content: html`${errorSummary(state)}
      <form method="post" action="${path}" class="card form" novalidate>
        ${csrfInput(c)}
        ${fields(state, profiles, server)}
        <div class="actions"><button class="button primary">Save server</button><a class="button" href="${path}">Cancel</a></div>
      </form>`,
  });
}

function fields(state: FormState, profiles: CredentialProfile[], server: MailServer | null): Html {
  return html`
    ${inputField(state, { name: 'name', label: 'Name', required: true, maxlength: 100, hint: 'As it appears in every list and log line, such as “Support”.' })}
    ${inputField(state, { name: 'address', label: 'Mailbox address', type: 'email', required: true, placeholder: 'support@contoso.com', hint: 'The mailbox to open; a shared mailbox by its own address.' })}
    ${selectField(state, {
      name: 'profileId',
      label: 'Credential profile',
      required: true,
      options: [
        { value: '', label: 'Choose a profile' },
        ...profiles.map(({ id, name, state: condition }) => ({
          value: id,
          label: condition === 'connected' ? name : `${name} (not connected)`,
        })),
      ],
    })}
    <div class="group">
      <h2>Connection</h2>
      ${inputField(state, { name: 'host', label: 'Mail server', required: true, mono: true, hint: 'outlook.office365.com for Microsoft 365.' })}
      ${choiceField(state, {
        name: 'security',
        label: 'Encryption',
        choices: [
          { value: 'tls', label: 'TLS', hint: 'From the first byte; port 993 unless you give another.' },
          {
            value: 'starttls',
            label: 'STARTTLS',
            hint: 'Asked for on a plain connection and insisted on; port 143 unless you give another.',
          },
        ],
      })}
      ${inputField(state, { name: 'port', label: 'Port', type: 'number' })}
      ${inputField(state, { name: 'username', label: 'User name', hint: 'Only where the server wants another than the mailbox address.' })}
      <details class="more"${state.values.certificateAuthority ? html` open` : ''}><summary>Private certificate authority</summary>
        ${textField(state, { name: 'certificateAuthority', label: 'Private certificate authority', rows: 4, mono: true, hint: 'PEM, beginning with -----BEGIN CERTIFICATE-----. Only for servers with certificates of your own.' })}
      </details>
    </div>
    <div class="group">
      <h2>Mail</h2>
      ${textField(state, { name: 'folders', label: 'Folders', rows: 2, hint: 'One a line. The first is watched for new mail at once, the others every few minutes.' })}
      ${choiceField(state, { name: 'startFrom', label: 'Which mail', choices: startChoices(server) })}
      <div class="for-date">${inputField(state, { name: 'startDate', label: 'Received since', type: 'date', required: true })}</div>
      ${choiceField(state, { name: 'afterIntake.action', label: 'Once a message is safe here', choices: afterIntakeChoices })}
      <div class="for-move">${inputField(state, { name: 'afterIntake.folder', label: 'Folder to move to', required: true, hint: 'It must exist in the mailbox.' })}</div>
    </div>`;
}

function startChoices(server: MailServer | null): Choice[] {
  const since = server?.startFrom ? `received since ${formatInstant(server.startFrom)}` : 'everything';
  return [
    ...(server ? [{ value: 'keep', label: 'As it is', hint: `Now: ${since}.` }] : []),
    { value: 'now', label: 'Only new mail', hint: 'What arrives from this moment on.' },
    { value: 'everything', label: 'Everything', hint: 'Also all that is in the folders already.' },
    { value: 'date', label: 'Since a date' },
  ];
}

const afterIntakeChoices: (Choice & { value: AfterIntake['action'] })[] = [
  { value: 'leave', label: 'Leave it', hint: 'The mailbox is not changed at all.' },
  { value: 'mark-read', label: 'Mark it as read' },
  { value: 'move', label: 'Move it to a folder' },
  { value: 'delete', label: 'Delete it from the mailbox', hint: 'The only copy is then the one here.' },
];
