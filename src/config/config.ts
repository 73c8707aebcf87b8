import { z } from 'zod';
import { isHostName } from '../model/host-name.ts';

const seconds = (least: number, most: number) => z.number().min(least).max(most);
const path = z.string().min(1).meta({ title: 'a path' });
const network = z.union([z.cidrv4(), z.cidrv6()]).meta({ examples: ['10.1.0.0/16'] });
const addressOrNetwork = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])
  .meta({ title: 'an address or a network', examples: ['10.1.0.0/16'] });
const hosts = z
  .union([addressOrNetwork, z.string().refine((text) => isHostName(text.replace(/^\*\./, '')))])
  .meta({
    title: 'a host name, *. before a domain, an address or a network,',
    examples: ['*.contoso.com'],
  });

const outgoingProxy = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .refine(
        isOrigin,
        'http:// or https://, a host and its port; user name and password are settings of their own',
      )
      .meta({ examples: ['http://proxy.contoso.com:3128'] })
      .transform((text) => new URL(text).origin)
      .optional()
      .describe(
        'HTTP proxy that every outgoing connection goes through by CONNECT, mail as well; with https:// the connection to the proxy itself is encrypted. By default everything is connected to directly, whatever HTTP_PROXY and such variables say',
      ),
    username: z
      .string()
      .regex(/^[^:\p{Cc}]+$/u)
      .meta({ title: 'a user name without a colon' })
      .optional()
      .describe('User name, where the proxy wants a sign-in (Basic)'),
    password: z
      .string()
      .min(1)
      .optional()
      .describe('Its password; meant for LETTERBOX_NETWORK_PROXY_PASSWORD')
      .meta({ writeOnly: true }),
    passwordFile: path.optional().describe('File with its password, instead'),
    except: z
      .array(hosts)
      .default([])
      .describe(
        'Hosts that are connected to directly; *. before a domain is for all below it. Names are not resolved for that. This machine (localhost, 127.0.0.0/8, ::1) and what is linked to it (169.254.0.0/16, fe80::/10) never go through the proxy',
      ),
    destinationsResolvedBy: z
      .enum(['letterbox', 'proxy'])
      .default('letterbox')
      .describe(
        'Who resolves the host names of destinations, and so keeps them out of private networks. letterbox holds the addresses against delivery.allowPrivateAddresses, and the proxy connects to the very address; proxy is for machines without DNS: then the proxy must refuse what it is not to reach',
      ),
  })
  .prefault({})
  .describe('The proxy that outgoing connections go through.');

/**
 * All settings, their defaults and their meaning. YAML keys are these names; an environment variable is
 * `LETTERBOX_` and the path in capitals: `listen.port` is `LETTERBOX_LISTEN_PORT`. What is `writeOnly` is a
 * secret and never shown. `docs/configuration.md` is made from this.
 */
export const configSchema = z.strictObject({
  dataFolder: path.default('./data').describe('Folder of the database and of generated keys'),
  publicUrl: z
    .url({ protocol: /^https$/ })
    .refine(isOrigin, 'https:// and a host, with a port if need be, and nothing after it')
    .meta({ examples: ['https://mail.contoso.com'] })
    .transform((text) => new URL(text).origin)
    .optional()
    .describe(
      'How browsers, destinations and Microsoft Graph reach this server; by default https://localhost and the port, and then Graph cannot tell of new mail: it is looked for. The redirect URI is this + /oauth/callback',
    ),
  listen: z
    .strictObject({
      host: z.string().min(1).default('0.0.0.0').describe('Address of this machine to listen at'),
      port: z.int().min(0).max(65535).default(8443).describe('Port to listen at; 0 takes any free one'),
      trustedProxies: z
        .array(addressOrNetwork)
        .default([])
        .describe(
          'Reverse proxies whose word about their client is believed: Forwarded (RFC 7239), else X-Forwarded-For, read from the right. Without this all clients behind a proxy count as one',
        ),
    })
    .prefault({})
    .describe('Where the server listens, by HTTPS.'),
  tls: z
    .strictObject({
      certificate: path
        .optional()
        .describe('PEM file with the certificate chain; without it a development certificate is made'),
      key: path.optional().describe('PEM file with its private key'),
      trust: z
        .array(path)
        .default([])
        .describe('PEM files of private authorities to trust besides the usual ones'),
    })
    .prefault({})
    .describe(
      'The certificate of this server, taken over anew when its files change, and who else is trusted.',
    ),
  masterKey: z
    .strictObject({
      file: path
        .optional()
        .describe(
          'File with the master key (base64, 32 bytes); by default `master.key` in the data folder, made at the first start',
        ),
      value: z
        .string()
        .min(1)
        .optional()
        .describe('The master key itself; meant for LETTERBOX_MASTER_KEY_VALUE')
        .meta({ writeOnly: true }),
    })
    .prefault({})
    .describe('The key that tokens and secrets are sealed with. Keep it apart from backups of the database.'),
  network: z
    .strictObject({
      allowedHosts: z
        .array(hosts)
        .default([])
        .describe(
          'Authorities and mail servers that may be connected to; *. before a domain is for all below it. By default any that an administrator enters. Destinations are bounded by delivery.allowPrivateAddresses',
        ),
      proxy: outgoingProxy,
    })
    .prefault({})
    .describe('What Letterbox connects to, and by which way.'),
  discovery: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe(
          'Whether settings may be looked for by a mail address: in the DNS, at Microsoft, at the domain itself and in Thunderbird’s database, which are told the domain',
        ),
      allowPrivateAddresses: z
        .array(network)
        .default([])
        .describe('Private networks that the autoconfig servers of a domain may be in'),
    })
    .prefault({})
    .describe('How the settings of a mailbox are found by its address.'),
  federation: z
    .strictObject({
      tokenFolders: z
        .array(path)
        .default(['/var/run/secrets/azure/tokens', '/var/run/secrets/tokens'])
        .describe('Folders that token files may lie in; no other file of this machine is read as one'),
      hosts: z
        .array(z.string().min(1))
        .default([
          'login.microsoftonline.com',
          'login.microsoftonline.us',
          'login.partner.microsoftonline.cn',
        ])
        .describe('Authorities that such tokens are sent to, by host (and port, where it is not 443)'),
    })
    .prefault({})
    .describe('Client authentication by the token of another authority, as in Kubernetes.'),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('How much is told on standard output'),
    })
    .prefault({})
    .describe('The log: JSON lines, or text on a terminal.'),
  metrics: z
    .strictObject({
      port: z
        .int()
        .min(1)
        .max(65535)
        .optional()
        .describe(
          'Port at which Prometheus on this machine scrapes http://127.0.0.1:PORT/metrics, without a sign-in: the metrics name mailboxes, so let no proxy pass it on. By default there is none, and /metrics is for browsers that are signed in',
        ),
    })
    .prefault({})
    .describe('Metrics for Prometheus.'),
  intake: z
    .strictObject({
      reconcileSeconds: seconds(0.1, 3600)
        .default(180)
        .describe('A full look at the mailbox at least this often, whatever IDLE says'),
      idleSeconds: seconds(1, 1500).default(240).describe('IDLE is issued anew this often'),
      maxMessageBytes: z
        .int()
        .min(1024)
        .default(150 * 1024 * 1024)
        .describe('Larger messages are quarantined, not fetched'),
    })
    .prefault({})
    .describe('How mailboxes are read.'),
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
    .prefault({})
    .describe('How long things are kept.'),
  delivery: z
    .strictObject({
      concurrency: z
        .int()
        .min(1)
        .max(256)
        .default(8)
        .describe('Attempts under way at once for each destination'),
      timeoutSeconds: seconds(0.1, 300).default(20).describe('How long one attempt may take'),
      firstRetrySeconds: seconds(0.01, 3600)
        .default(5)
        .describe('Delay before the second attempt; doubled at each failure, up to an hour'),
      giveUpAfterHours: z.number().min(0.001).default(72).describe('Then the delivery is a dead letter'),
      circuitFailures: z
        .int()
        .min(1)
        .default(10)
        .describe('Failures in a row that open the circuit of a destination: nothing is sent to it'),
      circuitSeconds: z
        .number()
        .min(0.1)
        .default(60)
        .describe('How long the circuit stays open before one delivery is tried'),
      allowPrivateAddresses: z
        .array(network)
        .default([])
        .describe('Private networks that destinations may be in'),
      inlineBytes: z
        .int()
        .min(0)
        .max(10 * 1024 * 1024)
        .default(64 * 1024)
        .describe(
          'Attachments up to this size are sent inside the webhook, together up to 1 MiB (or this, if it is more); others by URL',
        ),
      urlHours: z.number().min(0.1).default(168).describe('How long an attachment URL is good'),
    })
    .prefault({})
    .describe('How messages are delivered.'),
});

export type Config = z.infer<typeof configSchema>;

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && `${search}${hash}${username}${password}` === '';
}
