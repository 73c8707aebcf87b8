import { quote } from '../network/wording.ts';
import type { Provider } from '../resources/credential-profile/provider.ts';
import type { Evidence, Sign } from './discovery.ts';
import type { Dns, DnsAnswer } from './dns.ts';
import { filterAt } from './mail-filters.ts';
import { signAt } from './signs.ts';

/** Where the mail of a domain goes in. */
export interface MxFinding {
  evidence: Evidence[];
  sign: Sign | null;
  /** Whose filter stands before the mailboxes. */
  filter: string | null;
  /** The preferred host first; empty where there is none. */
  hosts: string[];
  /** What is wrong with the domain itself, in a sentence. */
  remark: string | null;
}

/** The MX records of a domain (RFC 5321 5.1): the host that is preferred tells the provider, or the others do. */
export async function lookAtMx(dns: Dns, domain: string, providers: readonly Provider[]): Promise<MxFinding> {
  const from = `MX of ${domain}`;
  const answer = await dns.mx(domain);
  if (answer.state !== 'found') return without(answer, from, domain);
  const hosts = answer.records
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ exchange }) => exchange.toLowerCase().replace(/\.$/, ''));
  if (hosts.every((host) => host === '')) {
    const evidence: Evidence = { from, state: 'nothing', detail: 'the domain takes no mail (RFC 7505)' };
    return {
      ...nothing,
      evidence: [evidence],
      remark: `${domain} takes no mail: its MX record says so (RFC 7505).`,
    };
  }
  const sign = hosts.map((host) => signAt(host, 'mx', providers, from)).find(Boolean) ?? null;
  const filter = sign ? null : (hosts.map(filterAt).find(Boolean) ?? null);
  const whose = sign?.service ?? (filter && `${filter}, a filter before the mailboxes`);
  const named = quote(hosts.slice(0, 3).join(', '));
  const evidence: Evidence = { from, state: 'found', detail: whose ? `${named}: ${whose}` : named };
  return { evidence: [evidence], sign, filter, hosts, remark: null };
}

const nothing = { sign: null, filter: null, hosts: [] };

function without(
  answer: Exclude<DnsAnswer<unknown>, { state: 'found' }>,
  from: string,
  domain: string,
): MxFinding {
  const isUnknown = answer.state === 'nothing' && !answer.isName;
  return {
    ...nothing,
    evidence: [{ from, state: answer.state, detail: answer.why }],
    remark: isUnknown ? `${domain} is not in the DNS: check the address.` : null,
  };
}

/** A name that leads on so often leads nowhere. */
const longestChain = 4;

/** Where Exchange Online has Outlook begin: by CNAME, whoever filters the mail. */
export async function lookAtAutodiscoverName(
  dns: Dns,
  domain: string,
  providers: readonly Provider[],
): Promise<{ evidence: Evidence[]; sign: Sign | null }> {
  let name = `autodiscover.${domain}`;
  const from = `CNAME of ${name}`;
  const tell = (state: Evidence['state'], detail: string, sign: Sign | null = null) => ({
    evidence: [{ from, state, detail }],
    sign,
  });
  for (let steps = 0; steps < longestChain; steps++) {
    const answer = await dns.cname(name);
    if (answer.state !== 'found')
      return steps === 0
        ? tell(answer.state, answer.why)
        : tell('found', `${quote(name)}, which is no provider’s that is known`);
    name = answer.records[0]?.toLowerCase() ?? '';
    const sign = signAt(name, 'autodiscover', providers, from);
    if (sign) return tell('found', `${quote(name)}: ${sign.service}`, sign);
  }
  return tell('nothing', 'it leads on and on');
}
