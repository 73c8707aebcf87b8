import { join } from 'node:path';
import { createLabAuthority, type LabCertificates } from '../certificates.ts';
import { type LabDns, startDns } from '../dns/index.ts';
import { type Site, startSites } from './sites.ts';

/** The Internet as whoever looks for a mailbox sees it: names, and sites at them. */
export interface LabInternet {
  dns: LabDns;
  certificates: LabCertificates;
  /** As Letterbox is told of it. */
  nameServers: string[];
  httpsPort: number;
  /** Every request that came to a site, by its URL without the port. */
  requests: string[];
  stop(): Promise<void>;
}

/**
 * Starts a name server with these records, and the sites, whose names lead to this machine without being among those
 * records.
 */
export async function startInternet({
  folder,
  records,
  broken = [],
  sites,
}: {
  folder: string;
  records: readonly string[];
  broken?: readonly string[];
  sites: Readonly<Record<string, Site>>;
}): Promise<LabInternet> {
  const certificates = await createLabAuthority(join(folder, 'certificates'));
  const web = await startSites(certificates, sites);
  const dns = await startDns({
    folder: join(folder, 'dns'),
    records: [...records, ...Object.keys(sites).map((name) => `${name}. A 127.0.0.1`)],
    broken,
  });
  return {
    dns,
    certificates,
    nameServers: [dns.address],
    httpsPort: web.port,
    requests: web.requests,
    async stop() {
      await dns.stop();
      await web.stop();
    },
  };
}
