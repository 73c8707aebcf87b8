import { isWithin } from './address.ts';

/** Services that take in mail for a domain, look through it and hand it on: where the mailboxes are they do not tell. */
const filters: readonly [name: string, ...hosts: string[]][] = [
  ['Proofpoint', 'pphosted.com', 'ppe-hosted.com', 'gpphosted.com'],
  ['Mimecast', 'mimecast.com', 'mimecast-offshore.com', 'mimecast.co.za'],
  ['Barracuda', 'barracudanetworks.com', 'cudaops.com'],
  ['Cisco', 'iphmx.com'],
  ['Trend Micro', 'trendmicro.com', 'trendmicro.eu', 'trendmicro.co.jp'],
  ['Symantec (Broadcom)', 'messagelabs.com'],
  ['Sophos', 'sophos.com', 'reflexion.net'],
  ['Forcepoint', 'mailcontrol.com'],
  ['Hornetsecurity', 'hornetsecurity.com', 'antispameurope.com', 'hornetdrive.com'],
  ['N-able (SpamExperts)', 'antispamcloud.com', 'spamexperts.com', 'spamexperts.eu', 'mtaroutes.com'],
  ['Trellix', 'fireeyecloud.com', 'fireeyegov.com'],
  ['Cloudflare', 'mx.cloudflare.net', 'mxrecord.io', 'mxrecord.mx'],
  ['Zix (AppRiver)', 'zixcorp.com', 'arsmtp.com'],
  ['Retarus', 'retarus.com', 'retarus.de'],
  ['Fortinet', 'fortimailcloud.com'],
  ['Libraesva', 'esvacloud.com'],
  ['MailRoute', 'mailroute.net'],
  ['NoSpamProxy', 'cloud.nospamproxy.com'],
];

/** Whose filter a host that takes in mail is; null where it is none that is known. */
export function filterAt(host: string): string | null {
  return filters.find(([, ...hosts]) => hosts.some((one) => isWithin(host, one)))?.[0] ?? null;
}
