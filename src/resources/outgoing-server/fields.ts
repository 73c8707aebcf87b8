import { passwordAgain } from '../credential-profile/hosts.ts';
import { address, host, port } from '../fields/address.ts';
import { certificateAuthority } from '../fields/certificate-authority.ts';
import { choice, tick } from '../fields/choice.ts';
import { optional } from '../fields/optional.ts';
import { optionalReference } from '../fields/reference.ts';
import { nameField, text } from '../fields/text.ts';

const connection = 'Connection';

/** What an administrator says of an outgoing email server. */
export const outgoingServerFields = {
  name: nameField({ help: 'As it appears in lists and log lines, such as “Support out”.' }),
  address: address({
    label: 'Mail is from',
    help: 'Answers and bounces come to this address.',
    example: 'support@contoso.com',
    column: 'FROM',
  }),
  displayName: optional(
    text({
      label: 'Name beside the address',
      placeholder: 'NAME',
      max: 200,
    }),
  ),
  profileId: optionalReference({
    label: 'Credential profile',
    help: 'One whose tokens are for SMTP or for sending through Graph.',
    option: 'profile',
    placeholder: 'PROFILE',
    to: 'profile',
    none: 'None: it asks for no sign-in',
  }),
  host: host({
    label: 'Mail server',
    help: 'Left empty, that of the profile’s provider.',
    group: connection,
    follows: 'that of the profile’s provider, such as smtp.office365.com',
    column: 'SERVER',
  }),
  security: choice({
    label: 'Encryption',
    group: connection,
    placeholder: 'SECURITY',
    follows: 'the usual one: STARTTLS for SMTP, none for LMTP',
    choices: [
      { value: 'starttls', label: 'STARTTLS', help: 'Insisted on; port 587 unless you give another.' },
      { value: 'tls', label: 'TLS', help: 'From the first byte; port 465 unless you give another.' },
      { value: 'none', label: 'None', help: 'Only to this machine and to networks that are allowed.' },
    ],
  }),
  port: port({ label: 'Port', group: connection, follows: 'the usual one: 587, with TLS 465' }),
  username: optional(
    text({
      label: 'User name',
      help: 'Only where the one who signs in is not the address.',
      group: connection,
      placeholder: 'NAME',
      max: 320,
    }),
  ),
  password: passwordAgain,
  certificateAuthority: certificateAuthority({ group: connection }),
  enabled: tick({
    label: 'Send',
    help: 'While this is off, nothing new is taken and what waits goes on waiting.',
    free: true,
    fallback: true,
    column: 'ENABLED',
  }),
};
