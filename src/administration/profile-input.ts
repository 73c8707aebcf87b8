import { z } from 'zod';
import {
  authenticationTypes,
  clientAuthentications,
  clouds,
  grantTypes,
  providers,
  uses,
} from '../model/credential-profile.ts';

const httpsUrl = z
  .url({ protocol: /^https$/, error: 'a URL beginning with https://' })
  .trim()
  // RFC 6749 3.1, 3.2; and a password in a URL ends up in logs.
  .refine((text) => {
    // Told already.
    if (!URL.canParse(text)) return true;
    const { hash, username, password } = new URL(text);
    return `${hash}${username}${password}` === '';
  }, 'a URL without # and without a user name');
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable());

const scope = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,500}$/, 'scopes separated by spaces (RFC 6749 3.3)');

// Byte for byte (P3); a line end or tab is no part of a secret, but of the file it was copied from.
const secret = z
  .string()
  .max(10_000)
  .regex(/^\P{Cc}*$/u, 'one line without tabs or line ends');

/** What an administrator may say of a credential profile, before the fields are held against each other. */
export const profileFields = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    authentication: z.enum(authenticationTypes).default('oauth2'),
    grant: z.enum(grantTypes).default('authorization_code'),
    provider: z.enum(providers).default('microsoft'),
    cloud: z.enum(clouds).default('worldwide'),
    uses: z.array(z.enum(uses)).min(1).max(uses.length).default(['imap']),
    tenant: optional(z.string().trim().max(253)).default(null),
    issuer: optional(httpsUrl).default(null),
    authorizationUrl: optional(httpsUrl).default(null),
    tokenUrl: optional(httpsUrl).default(null),
    deviceAuthorizationUrl: optional(httpsUrl).default(null),
    clientId: z.string().trim().max(500).default(''),
    clientAuthentication: z.enum(clientAuthentications).default('secret'),
    clientSecret: secret.optional(),
    clientSecretExpiresOn: optional(z.iso.date()).default(null),
    /** PEM of a certificate and its private key, in one text; left out at first, one is made. */
    clientKeyPair: z.string().max(100_000).optional(),
    federatedTokenFile: optional(z.string().trim().max(1000)).default(null),
    password: secret.optional(),
    signInName: optional(z.string().trim().max(320)).default(null),
    scopes: z
      .preprocess(
        (value) => (typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : value),
        z.array(scope).max(50),
      )
      .default([]),
  })
  .refine(({ authentication, clientId }) => authentication === 'password' || clientId, {
    path: ['clientId'],
    error: 'a value that is not empty',
    // Beside whatever else is wrong.
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });

/** Fields that are never shown again. */
export const secretFields = ['clientSecret', 'clientKeyPair', 'password'] as const;

type SecretField = (typeof secretFields)[number];
export type ProfileFields = Omit<z.infer<typeof profileFields>, SecretField>;
/** What came with the input, and of what is left out, what there is already. */
export type ProfileSecrets = Record<SecretField, { given: string | undefined; kept: boolean }>;
