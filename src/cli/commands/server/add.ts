import { protocols } from '../../../model/mail-server.ts';
import type { MailServer } from '../../../resources/incoming-server.ts';
import { readCertificateAuthority } from '../../certificate-authority.ts';
import type { Command, Given, Options } from '../../command.ts';
import type { Api } from '../../connect.ts';
import { fieldsOf } from '../../fields.ts';
import { findByOption } from '../../find.ts';

const options: Options = {
  name: { type: 'text', value: 'NAME', summary: 'What to call it', field: 'name', required: true },
  address: {
    type: 'text',
    value: 'ADDRESS',
    summary: 'The mailbox’s mail address',
    field: 'address',
    required: true,
  },
  profile: {
    type: 'text',
    value: 'PROFILE',
    summary: 'Credential profile, by name or id',
    field: 'profileId',
    required: true,
  },
  protocol: {
    type: 'text',
    value: 'PROTOCOL',
    summary: `One of ${protocols.join(', ')}; imap by default`,
    field: 'protocol',
  },
  shared: {
    type: 'flag',
    summary: 'A shared mailbox: another account than its own has consented',
    field: 'shared',
  },
  host: { type: 'text', value: 'HOST', summary: 'By default the provider’s own', field: 'host' },
  port: { type: 'text', value: 'PORT', summary: 'By default the protocol’s own, such as 993', field: 'port' },
  security: {
    type: 'text',
    value: 'SECURITY',
    summary: 'tls, as is by default, or starttls',
    field: 'security',
  },
  username: {
    type: 'text',
    value: 'NAME',
    summary: 'Whose mailbox is opened, where that is not its address',
    field: 'username',
  },
  'certificate-authority': {
    type: 'text',
    value: 'FILE',
    summary: 'PEM file of a private authority to trust for this server',
    field: 'certificateAuthority',
  },
  folder: {
    type: 'text',
    value: 'FOLDER',
    summary: 'Folder to read, by default INBOX; the first is watched',
    field: 'folders',
    multiple: true,
  },
  'start-from': {
    type: 'text',
    value: 'START',
    summary: 'everything, now (as is by default), or a date such as 2026-01-31',
    field: 'startFrom',
  },
  'after-intake': {
    type: 'text',
    value: 'ACTION',
    summary: 'What is done on the server: leave (as is by default), mark-read, move or delete',
    field: 'afterIntake',
  },
  'move-to': {
    type: 'text',
    value: 'FOLDER',
    summary: 'With --after-intake move: where to',
    field: 'afterIntake.folder',
  },
  'delete-after-days': {
    type: 'text',
    value: 'DAYS',
    summary: 'With --after-intake delete: only then, instead of at once',
    field: 'afterIntake.afterDays',
  },
  'answer-with': {
    type: 'text',
    value: 'OUTGOING',
    summary: 'Answers each new message through this outgoing server, with --answer-text',
    field: 'acknowledgement.outgoingServerId',
  },
  'answer-subject': {
    type: 'text',
    value: 'TEXT',
    summary: 'By default Re: {subject}',
    field: 'acknowledgement.subject',
  },
  'answer-text': {
    type: 'text',
    value: 'TEXT',
    summary: 'With names such as {subject} and {name}',
    field: 'acknowledgement.text',
  },
  paused: { type: 'flag', summary: 'Does not read it yet', field: 'paused' },
};

export const serverAdd: Command = {
  name: 'server add',
  summary: 'Adds an incoming email server',
  options,
  async run({ api: connect, given, out }) {
    const certificateAuthority = await readCertificateAuthority(given);
    const api = await connect();
    const profileId = await findByOption(api, 'profiles', given, 'profile');
    const fields = Object.entries(fieldsOf(given, options)).filter(([field]) => !field.includes('.'));
    const server = await api.request<MailServer>('POST', '/api/servers', {
      ...Object.fromEntries(fields),
      ...(certificateAuthority !== undefined && { certificateAuthority }),
      ...afterIntake(given),
      ...(await acknowledgement(api, given)),
      profileId,
    });
    out.show(
      server,
      ({ id, name }) =>
        `Added the incoming email server ${name} (${id}). Now run: letterbox server test ${id}`,
    );
    return 0;
  },
};

async function acknowledgement(api: Api, given: Given): Promise<{ acknowledgement?: object }> {
  const outgoing = given.text('answer-with');
  const [subject, text] = [given.text('answer-subject'), given.text('answer-text')];
  if (outgoing === undefined && subject === undefined && text === undefined) return {};
  const outgoingServerId = await findByOption(api, 'outgoing-servers', given, 'answer-with');
  return { acknowledgement: { outgoingServerId, subject, text } };
}

function afterIntake(given: Given): { afterIntake?: object } {
  const folder = given.text('move-to');
  const action = given.text('after-intake');
  const afterDays = given.text('delete-after-days');
  if (action === undefined && folder === undefined && afterDays === undefined) return {};
  return {
    afterIntake: {
      action: action ?? (folder === undefined ? 'delete' : 'move'),
      ...(folder !== undefined && { folder }),
      ...(afterDays !== undefined && { afterDays }),
    },
  };
}
