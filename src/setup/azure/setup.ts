import { z } from 'zod';
import type { ClientCertificate } from '../../model/credential-profile.ts';
import { newId } from '../../model/id.ts';
import type { Cloud } from '../../model/microsoft-hosts.ts';
import { isServed } from '../../oauth/authorities/microsoft/permissions.ts';
import { describeCertificate } from '../../oauth/client-auth/key-pair.ts';
import { makeSelfSigned } from '../../oauth/client-auth/self-signed.ts';
import type { KeyPair } from '../../oauth/sealed.ts';
import { profileFields } from '../../resources/credential-profile/fields.ts';
import type { Choice, ValuesOf } from '../../resources/field.ts';
import { address, host, httpsUrl, port, url } from '../../resources/fields/address.ts';
import { choice, choices } from '../../resources/fields/choice.ts';
import { optional } from '../../resources/fields/optional.ts';
import { nameField, text } from '../../resources/fields/text.ts';
import type { Json, Resource, ResourceRecord, Sealing } from '../../resources/resource.ts';
import { setupProblems } from './contradictions.ts';

/** Microsoft Graph Command Line Tools: Microsoft's own public client for administrators. */
export const commandLineTools = '14d82eec-204b-4c2f-b7e8-296a70dab67e';

const more = 'More choices';
const folded = { group: more, folded: true } as const;

const usesOf = (uses: readonly Choice[]) =>
  choices({
    label: 'What for',
    help: 'The app gets the permissions that this needs, and no other.',
    option: 'use',
    placeholder: 'USE',
    fallback: ['imap'],
    choices: uses.filter(({ value }) => isServed(value)),
  });

const fields = {
  name: nameField({
    help: 'Of the app in Azure and of the credential profile here, such as “Contoso mailboxes”.',
  }),
  uses: usesOf([]),
  grant: choice({
    label: 'Who gets the tokens',
    placeholder: 'GRANT',
    fallback: 'authorization_code',
    choices: [
      {
        value: 'authorization_code',
        label: 'Authorization code',
        help: 'Somebody with access to the mailbox signs in once, afterwards: delegated permissions.',
      },
      {
        value: 'client_credentials',
        label: 'Client credentials',
        help: 'The app by itself: application permissions. Access to the mailbox is given in Exchange.',
      },
    ],
  }),
  mailbox: optional(
    address({
      label: 'Mailbox',
      help: 'Read at once when all is set up. Others can be added afterwards.',
      example: 'support@contoso.com',
    }),
  ),
  clientAuthentication: choice({
    ...folded,
    label: 'Client authentication',
    placeholder: 'HOW',
    fallback: 'certificate',
    choices: [
      { value: 'certificate', label: 'Certificate', help: 'Made here; its key never leaves Letterbox.' },
      { value: 'secret', label: 'Client secret', help: 'Made by Microsoft, good for a year.' },
    ],
  }),
  clientId: optional(
    text({
      ...folded,
      label: 'Application (client) ID',
      help: 'Of an app registration that is there, to be completed. Empty: a new one is made.',
      placeholder: 'ID',
      max: 36,
      mono: true,
    }),
  ),
  tenant: optional(
    text({
      ...folded,
      label: 'Directory (tenant) ID',
      help: 'Or a verified domain. Empty: the organisation of whoever signs in.',
      placeholder: 'TENANT',
      max: 253,
      mono: true,
    }),
  ),
  signInClientId: text({
    ...folded,
    label: 'Sign in with the app',
    help: 'Its client ID: Microsoft Graph Command Line Tools, or a public client of your own.',
    placeholder: 'ID',
    max: 36,
    mono: true,
  }),
  cloud: choice<Cloud>({
    ...folded,
    label: 'Microsoft’s cloud',
    many: true,
    placeholder: 'CLOUD',
    fallback: 'worldwide',
    choices: (profileFields.cloud.control as { choices: readonly (Choice & { value: Cloud })[] }).choices,
  }),
  loginUrl: optional(
    url({
      ...folded,
      label: 'Login URL of another cloud',
      help: 'Of a cloud of Microsoft’s that is not listed, with its Graph URL.',
      schema: httpsUrl,
    }),
  ),
  graphUrl: optional(url({ ...folded, label: 'Graph URL of another cloud', schema: httpsUrl })),
  mailHost: optional(
    host({ ...folded, label: 'Mail host of another cloud', help: 'Empty: that of the cloud.' }),
  ),
  mailPort: optional(port({ ...folded, label: 'Port of the mail host', help: 'Empty: the usual one.' })),
};

/** Everything an administrator says, and what has become of it. */
export type AzureSetup = ResourceRecord & ValuesOf<typeof fields> & AzureSetupState;

/** Something that was made, or is about to be, as it was planned: what an undo takes away again. */
export interface Made {
  kind: string;
  of: string;
  title: string;
  detail: string;
  what: Json;
  /** False while it is not known whether the last request was carried out. */
  done: boolean;
}

/** What Letterbox itself finds out. */
export interface AzureSetupState {
  /** The tenant that it is made in; null before the first sign-in. */
  organisation: { id: string; name: string | null } | null;
  /** Public part of the certificate that the app is to be known by. */
  certificate: ClientCertificate | null;
  /** Chosen beforehand, so that neither is made twice. */
  profileId: string;
  serverId: string;
  /** Client ID, and the object ID of the Enterprise application, once they are known. */
  appId: string | null;
  objectId: string | null;
  /** The client secret that is sealed here, and the one that the profile was given. */
  secret: { keyId: string; expiresOn: string | null } | null;
  givenKeyId: string | null;
  /** Whether Microsoft's sign-in takes the app by what it shows. */
  isKnown: boolean;
  /** In order. Written before each is done. */
  made: Made[];
  finishedAt: string | null;
}

/** Names under which what the app shows is sealed, beside the set-up. */
export const sealedKeyPair = 'client-key';
export const sealedSecret = 'client-secret';

const made = z.object({
  kind: z.string(),
  of: z.string(),
  title: z.string(),
  detail: z.string(),
  what: z.record(z.string(), z.unknown()),
  done: z.boolean(),
}) satisfies z.ZodType<Made>;

const anyJson = z.record(z.string(), z.unknown()).nullable();
const state: { [Name in keyof AzureSetupState]: { schema: z.ZodType; initial: unknown } } = {
  organisation: { schema: anyJson, initial: null },
  certificate: { schema: anyJson, initial: null },
  profileId: { schema: z.string(), initial: '' },
  serverId: { schema: z.string(), initial: '' },
  appId: { schema: z.string().nullable(), initial: null },
  objectId: { schema: z.string().nullable(), initial: null },
  secret: { schema: anyJson, initial: null },
  givenKeyId: { schema: z.string().nullable(), initial: null },
  isKnown: { schema: z.boolean(), initial: false },
  made: { schema: z.array(made), initial: [] },
  finishedAt: { schema: z.string().nullable(), initial: null },
};

/**
 * The set-ups in Azure, kept as records: what is wanted, and all that was made so far, so that any process goes on
 * where another one stopped. `uses` are what tokens can be for.
 */
export function azureSetups(uses: readonly Choice[]): Resource {
  return {
    type: 'azure-setup',
    path: 'setup/azure',
    command: 'setup azure',
    idPrefix: 'azs',
    title: 'set-up in Azure',
    noun: 'set-up',
    version: 1,
    fields: {
      ...fields,
      uses: usesOf(uses),
      signInClientId: { ...fields.signInClientId, fallback: commandLineTools },
    },
    state,
    check: setupProblems,
    seal: prepare,
    removal: { what: 'the set-up', consequence: 'What it made stays, and cannot be undone by it any more.' },
  };
}

/** What must be there before the first request is sent. */
async function prepare(setup: AzureSetup, { before }: { before: Json | null }): Promise<Sealing> {
  if (before !== null) return { secrets: {} };
  const { clientAuthentication, name } = setup;
  const pair: KeyPair | null =
    clientAuthentication === 'certificate' ? await makeSelfSigned(`Letterbox ${name}`) : null;
  return {
    secrets: pair ? { [sealedKeyPair]: JSON.stringify(pair) } : {},
    record: {
      profileId: newId('prf'),
      serverId: newId('srv'),
      ...(pair && { certificate: describeCertificate(pair.certificate) }),
    },
  };
}
