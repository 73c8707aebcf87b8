import type { Letterbox } from '../../src/app.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import type { MessageContent } from '../../src/model/message.ts';
import type { OutgoingServer } from '../../src/resources/outgoing-server/record.ts';

import { mailbox, type World } from '../end-to-end/world.ts';
import { wireForm } from './setting.ts';

/** What an administrator enters so that mail goes out from the world's mailbox: a profile for SMTP, and the server. */
export async function addOutgoing(
  { authority, dovecot }: World,
  { administration }: Letterbox,
  fields: object = {},
): Promise<OutgoingServer> {
  const client = authority.register({ appOnly: true, upn: mailbox });
  const profile = await administration.profiles.create({
    name: 'Contoso sending',
    grant: 'client_credentials',
    uses: ['smtp'],
    authorizationUrl: authority.authorizationUrl,
    tokenUrl: authority.tokenUrl,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
  });
  return administration.outgoingServers.create({
    name: 'Support out',
    host: dovecot.host,
    port: dovecot.submissionPort,
    profileId: profile.id,
    address: mailbox,
    displayName: 'Contoso Support',
    ...fields,
  });
}

/** What lies in a user's mailbox, understood; with the envelope's sender as the mail server wrote it down. */
export async function inbox(
  { dovecot }: World,
  user: string,
): Promise<(MessageContent & { source: string })[]> {
  return (await dovecot.messages(user)).map(({ file }) => {
    const source = wireForm(file);
    return { ...parseMessage(Buffer.from(source, 'latin1')).content, source };
  });
}

/** A mail of a person, as it arrives at the world's mailbox. */
export function incoming(
  subject: string,
  fields: string[] = [],
  from = 'Ann <ann@fabrikam.example>',
): Buffer {
  return Buffer.from(
    [
      `Message-ID: <${subject.replaceAll(/\W/g, '-')}@fabrikam.example>`,
      `From: ${from}`,
      `To: ${mailbox}`,
      `Subject: ${subject}`,
      ...fields,
      '',
      'Good day.',
      '',
    ].join('\r\n'),
  );
}
