import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import tls from 'node:tls';
import { type LabInternet, startInternet } from '../../lab/internet/index.ts';
import { type LabTenant, microsoftLogin } from '../../lab/internet/microsoft.ts';
import type { Site } from '../../lab/internet/sites.ts';
import { builtIn } from '../../src/adapters.ts';
import { createDiscover, type Internet } from '../../src/discovery/discover.ts';
import type { Discovery, Evidence } from '../../src/discovery/discovery.ts';

/** What the Internet of a test file has. */
export interface Scene {
  records?: readonly string[];
  /** Domains whose name servers fail. */
  broken?: readonly string[];
  tenants?: Readonly<Record<string, LabTenant>>;
  sites?: Readonly<Record<string, Site>>;
  /** Thunderbird's database, by domain. */
  database?: Readonly<Record<string, string>>;
}

export interface DiscoveryWorld {
  internet: LabInternet;
  discover(address: string, wanted?: string): Promise<Discovery>;
  /** The same with other rules. */
  discoverBy(
    changes: { internet?: Partial<Internet>; allowPrivateAddresses?: string[] },
    address: string,
  ): Promise<Discovery>;
}

/** An Internet for all tests of a file, and Letterbox before it. Its sites are at 127.0.0.1, which is allowed for once. */
export async function startDiscovering({
  records = [],
  broken = [],
  tenants = {},
  sites = {},
  database = {},
}: Scene): Promise<DiscoveryWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-internet-'));
  const login = microsoftLogin(tenants);
  const internet = await startInternet({
    folder,
    records,
    broken,
    sites: {
      'login.microsoftonline.com': login,
      'autoconfig.thunderbird.net': databaseSite(database),
      ...sites,
    },
  });
  const usual = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...usual, internet.certificates.caPem]);
  after(async () => {
    tls.setDefaultCACertificates(usual);
    await internet.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const { nameServers, httpsPort } = internet;
  const discoverBy: DiscoveryWorld['discoverBy'] = (changes, address) =>
    createDiscover({
      kinds: builtIn,
      internet: { nameServers, httpsPort, patienceMs: 10_000, ...changes.internet },
      allowPrivateAddresses: changes.allowPrivateAddresses ?? ['127.0.0.1/32'],
    })(address, null);
  return {
    internet,
    discoverBy,
    discover: (address, wanted) =>
      createDiscover({
        kinds: builtIn,
        internet: { nameServers, httpsPort, patienceMs: 10_000 },
        allowPrivateAddresses: ['127.0.0.1/32'],
      })(address, wanted ?? null),
  };
}

function databaseSite(files: Readonly<Record<string, string>>): Site {
  return (url, response) => {
    const text = files[url.pathname.replace('/v1.1/', '')];
    if (text === undefined) response.writeHead(404).end('not found');
    else response.writeHead(200, { 'content-type': 'text/xml' }).end(text);
  };
}

/** The values for a resource, each with from where it is: `host: 'mail.contoso.example, by SRV …'`. */
export function settingsOf({ settings }: Discovery, type: string): Record<string, string> {
  return Object.fromEntries(
    (settings[type] ?? []).map(({ field, value, from }) => [field, `${value}, by ${from}`]),
  );
}

/** What a source said: its state, and its words. */
export function evidenceFrom({ evidence }: Discovery, from: string): string {
  const found: Evidence | undefined = evidence.find((one) => one.from === from);
  return found ? `${found.state}: ${found.detail}` : 'it was not asked';
}
