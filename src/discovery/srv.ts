import type { SrvRecord } from 'node:dns';
import { quote } from '../network/wording.ts';
import { isHostName, isWithin } from './address.ts';
import type { Evidence, FoundServer } from './discovery.ts';
import type { Dns } from './dns.ts';

interface Service {
  name: string;
  protocol: string;
  security: FoundServer['security'];
}

/** Services of mail (RFC 6186 3, RFC 8314 5.1); those with TLS from the first byte first, as RFC 8314 3 prefers them. */
const services: readonly Service[] = [
  { name: '_imaps._tcp', protocol: 'imap', security: 'tls' },
  { name: '_imap._tcp', protocol: 'imap', security: 'starttls' },
  { name: '_pop3s._tcp', protocol: 'pop3', security: 'tls' },
  { name: '_pop3._tcp', protocol: 'pop3', security: 'starttls' },
  { name: '_submissions._tcp', protocol: 'smtp', security: 'tls' },
  { name: '_submission._tcp', protocol: 'smtp', security: 'starttls' },
];

/** The servers that a domain's SRV records name. Nobody vouches for the DNS, so hosts of others are said to be so. */
export async function lookAtSrv(
  dns: Dns,
  domain: string,
): Promise<{ evidence: Evidence[]; servers: FoundServer[] }> {
  const found = await Promise.all(services.map((service) => lookAtService(dns, domain, service)));
  return {
    evidence: found.map(({ evidence }) => evidence),
    servers: found.flatMap(({ servers }) => servers),
  };
}

async function lookAtService(
  dns: Dns,
  domain: string,
  { name, protocol, security }: Service,
): Promise<{ evidence: Evidence; servers: FoundServer[] }> {
  const from = `SRV ${name}.${domain}`;
  const tell = (state: Evidence['state'], detail: string) => ({
    evidence: { from, state, detail },
    servers: [],
  });
  const answer = await dns.srv(`${name}.${domain}`);
  if (answer.state !== 'found') return tell(answer.state, answer.why);
  const records = inOrder(answer.records);
  // RFC 6186 3.4
  if (records.every((record) => record.name === '')) return tell('found', 'says that it is not offered');
  const usable = records.filter((record) => isHostName(record.name) && record.port > 0);
  if (usable.length === 0)
    return tell('failed', `what it names is no host: ${quote(records[0]?.name ?? '')}`);
  const servers = usable.map(({ name: host, port }): FoundServer => {
    const remark = isWithin(host, domain) ? null : outsider(host, domain);
    return { protocol, host, port, security, username: null, authentication: [], from, remark };
  });
  const named = servers.map(({ host, port }) => `${host}:${port}`).join(', ');
  return { evidence: { from, state: 'found', detail: quote(named) }, servers };
}

/** As RFC 2782 has them; of equal priority the heaviest, so that the same is found each time. */
function inOrder(records: SrvRecord[]): SrvRecord[] {
  return records
    .map((record) => ({ ...record, name: record.name.toLowerCase().replace(/\.$/, '') }))
    .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight);
}

/** RFC 6186 6: a person has to confirm it, lest a forged answer choose the server that a password is shown to. */
function outsider(host: string, domain: string): string {
  return `${host} is not of ${domain}, and answers of the DNS can be forged: make sure that this is the right server.`;
}
