import { z } from 'zod';

const port = z.int().min(0).max(65535);

/**
 * All settings, their defaults and their meaning. YAML keys are these names; an environment variable is
 * `LETTERBOX_` and the path in capitals: `listen.port` is `LETTERBOX_LISTEN_PORT`.
 */
export const configSchema = z.strictObject({
  dataFolder: z.string().min(1).default('./data').describe('Folder of the database and of generated keys'),
  publicUrl: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe('How browsers and destinations reach this server; the redirect URI is this + /oauth/callback'),
  listen: z
    .strictObject({
      host: z.string().min(1).default('0.0.0.0'),
      port: port.default(8443),
    })
    .prefault({}),
  tls: z
    .strictObject({
      certificate: z
        .string()
        .optional()
        .describe('PEM file with the certificate chain; without it a development certificate is made'),
      key: z.string().optional().describe('PEM file with its private key'),
      trust: z
        .array(z.string())
        .default([])
        .describe('PEM files of private authorities to trust besides the usual ones'),
    })
    .prefault({}),
  masterKey: z
    .strictObject({
      file: z
        .string()
        .optional()
        .describe(
          'File with the master key (base64, 32 bytes); by default one is made beside the data folder',
        ),
      value: z.string().optional().describe('The master key itself; meant for LETTERBOX_MASTER_KEY_VALUE'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    })
    .prefault({}),
  intake: z
    .strictObject({
      reconcileSeconds: z
        .number()
        .min(0.1)
        .max(3600)
        .default(180)
        .describe('A full look at the mailbox at least this often, whatever IDLE says'),
      idleSeconds: z.number().min(1).max(1500).default(240).describe('IDLE is issued anew this often'),
      maxMessageBytes: z
        .int()
        .min(1024)
        .default(150 * 1024 * 1024)
        .describe('Larger messages are quarantined, not fetched'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      sourceDays: z
        .number()
        .positive()
        .nullable()
        .default(null)
        .describe('Raw sources are removed after so many days; null keeps them'),
      messageDays: z
        .number()
        .positive()
        .nullable()
        .default(null)
        .describe('Delivered messages are removed after so many days; null keeps them'),
    })
    .prefault({}),
  delivery: z
    .strictObject({
      concurrency: z
        .int()
        .min(1)
        .max(256)
        .default(8)
        .describe('Attempts under way at once for each destination'),
      timeoutSeconds: z.number().min(0.1).max(300).default(20),
      firstRetrySeconds: z.number().min(0.01).max(3600).default(5),
      giveUpAfterHours: z.number().min(0.001).default(72).describe('Then the delivery is a dead letter'),
      circuitFailures: z
        .int()
        .min(1)
        .default(10)
        .describe('Failures in a row after which a destination rests'),
      circuitSeconds: z.number().min(0.1).default(60).describe('How long it rests before one trial'),
      allowPrivateAddresses: z
        .array(z.union([z.cidrv4(), z.cidrv6()]))
        .default([])
        .describe('Private networks that destinations may be in, such as 10.1.0.0/16'),
      inlineBytes: z
        .int()
        .min(0)
        .max(10 * 1024 * 1024)
        .default(64 * 1024)
        .describe('Attachments up to this size are sent inside the webhook; larger ones by URL'),
      urlHours: z.number().min(0.1).default(168).describe('How long an attachment URL is good'),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;
