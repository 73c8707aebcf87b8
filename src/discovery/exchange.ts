import { z } from 'zod';
import { quote } from '../network/wording.ts';
import type { Provider } from '../resources/credential-profile/provider.ts';
import type { AddressParts } from './address.ts';
import type { Evidence, FoundServer, Sign } from './discovery.ts';
import { providerAt, signOf } from './signs.ts';
import { type Web, whyNot } from './web.ts';

const service = z.object({ Url: z.url({ protocol: /^https$/ }) });

/** Where Exchange says that this one mailbox is: with a provider, or on a server of its own. */
export interface ExchangeFinding {
  evidence: Evidence[];
  sign: Sign | null;
  servers: FoundServer[];
}

/**
 * Autodiscover version 2 of an Exchange Server, which asks for no sign-in: of the domain itself, and so the address is
 * told to nobody else. Of a mailbox in the cloud it leads there; that decides where a tenant has some here and some there.
 */
export async function lookAtExchange(
  web: Web,
  { localPart, domain }: AddressParts,
  providers: readonly Provider[],
): Promise<ExchangeFinding> {
  const host = `autodiscover.${domain}`;
  const tell = (state: Evidence['state'], detail: string): ExchangeFinding => ({
    evidence: [{ from: host, state, detail }],
    sign: null,
    servers: [],
  });
  try {
    const address = encodeURIComponent(`${localPart}@${domain}`);
    const url = new URL(`https://${host}/autodiscover/autodiscover.json/v1.0/${address}?Protocol=EWS`);
    const { status, text } = await web.get(url);
    if (status !== 200) return tell('nothing', `it says nothing of the mailbox (status ${status})`);
    const { hostname, port } = new URL(service.parse(JSON.parse(text)).Url);
    const provider = providerAt(hostname, providers);
    if (provider)
      return {
        ...tell('found', `the mailbox is at ${provider.label}: ${quote(hostname)}`),
        sign: signOf(provider, host),
      };
    const server: FoundServer = {
      protocol: 'ews',
      host: hostname,
      port: Number(port || 443),
      security: 'tls',
      username: null,
      authentication: [],
      from: host,
      remark: null,
    };
    return {
      ...tell('found', `the mailbox is on an Exchange Server: ${quote(hostname)}`),
      servers: [server],
    };
  } catch (error) {
    const why = whyNot(error, host);
    return why === null ? tell('nothing', 'the name is not in the DNS') : tell('failed', why);
  }
}
