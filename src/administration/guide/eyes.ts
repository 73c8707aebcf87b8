import { randomBytes } from 'node:crypto';
import type { Diagnosis } from '../../doctor/diagnosis.ts';
import { readClaims, type TokenClaims } from '../../doctor/token-claims.ts';
import { openSecured } from '../../network/connect.ts';
import { explainNetwork } from '../../network/explain.ts';
import { createHttpClient } from '../../network/http-client.ts';
import { unreachable } from '../../network/problems.ts';
import { trustFor } from '../../network/trust.ts';
import type { Peer } from '../../network/wording.ts';
import type { CredentialParts } from '../../oauth/client-auth/credential.ts';
import type { TokenSources } from '../../oauth/token-source.ts';
import type { Collections } from '../../resources/collections.ts';
import { takesMailOf } from '../../resources/destination.ts';
import type { Guide } from '../../resources/guide.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Eyes } from '../../setup/guide/guided.ts';
import type { MailSource } from '../../sources/source.ts';
import type { Store } from '../../store/store.ts';
import { areEqual } from '../../vault/digest.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Administration } from '../administration.ts';

export interface EyeParts extends CredentialParts {
  resources: Pick<Collections, 'destinations' | 'servers'>;
  tokens: Pick<TokenSources, 'anew'>;
  doctor: Administration['doctor'];
  openSource: (server: MailServer) => MailSource;
  store: Store;
  vault: Vault;
  publicUrl: string;
  consent: Pick<Administration['consent'], 'check'>;
}

/** Where anybody can ask whether a URL leads to this very server. */
export const ownAddressPath = '/.well-known/letterbox';
const ownAddressPurpose = 'own address';
const patienceMs = 15_000;

/** What this server answers to whoever asks whether it is itself. */
export function ownAddressAnswer(vault: Pick<Vault, 'mac'>, nonce: string): string {
  return vault.mac(ownAddressPurpose, nonce);
}

/** Looks for one guide: what several steps look at is looked at once. */
export function createEyes(guide: Guide, parts: EyeParts): Eyes {
  const { resources, store, doctor } = parts;
  const diagnoses = new Map<string, Promise<Diagnosis>>();
  const tokens = new Map<string, Promise<TokenClaims | null>>();
  const once = <T>(known: Map<string, Promise<T>>, key: string, look: () => Promise<T>): Promise<T> => {
    const found = known.get(key) ?? look();
    known.set(key, found);
    return found;
  };

  return {
    host: (host, port, signal) => seeHost(host, port, guide.protocol, signal),
    ownAddress: (signal) => seeOwnAddress(parts, signal),
    isRegistered: async (profile) => (await parts.consent.check(profile.id)) || null,
    token: (profile, signal) =>
      once(tokens, profile.id, async () =>
        readClaims((await parts.tokens.anew(profile.id, guide.protocol, signal)).token),
      ),
    diagnosis: (server) => once(diagnoses, server.id, () => diagnosisOf(doctor.server(server.id))),
    async folders(server) {
      const source = parts.openSource(server);
      try {
        return (await source.inspect(AbortSignal.timeout(patienceMs))).folders ?? ['INBOX'];
      } finally {
        await source.close();
      }
    },
    proof: (server) => store.mailboxes.restriction(server.id),
    async destinations(server) {
      const all = await resources.destinations.list();
      return all.filter((one) => takesMailOf(one, server.id)).map(({ name }) => name);
    },
    messages: async (server) => (await store.mailboxes.figures(server.id)).stored,
  };
}

async function diagnosisOf(told: ReturnType<Administration['doctor']['server']>): Promise<Diagnosis> {
  for await (const line of told) if ('diagnosis' in line) return line.diagnosis;
  throw new Error('an examination ends with a diagnosis');
}

/** A host by name, TCP and TLS. Throws what stands in the way. */
async function seeHost(host: string, port: number, protocol: string, signal: AbortSignal): Promise<string> {
  const peer: Peer & { certificateAuthority: null } = {
    name: host,
    protocol,
    host,
    port,
    security: 'tls',
    certificateAuthority: null,
  };
  const trust = trustFor(peer);
  try {
    const socket = await openSecured(peer, trust, { connectMs: patienceMs, signal });
    const spoken = socket.getProtocol();
    socket.destroy();
    return `${host}:${port} answers by ${spoken}`;
  } catch (error) {
    throw explainNetwork(error, peer) ?? unreachable(peer, 'it broke off', 'The connection broke.', error);
  }
}

/** By an answer that nobody else can give. */
async function seeOwnAddress({ publicUrl, vault }: EyeParts, signal: AbortSignal): Promise<string> {
  const url = new URL(publicUrl);
  const peer: Peer = {
    name: 'This server',
    protocol: 'https',
    host: url.hostname,
    port: Number(url.port || 443),
    security: 'tls',
  };
  const nonce = randomBytes(16).toString('base64url');
  const client = createHttpClient(new URL(url.origin), { connections: 1, silenceMs: patienceMs });
  try {
    const target = `${ownAddressPath}?nonce=${nonce}`;
    const { body } = await client.request({ method: 'GET', target, headers: {}, signal });
    let answer = '';
    for await (const chunk of body) {
      answer += chunk;
      if (answer.length > 1000) break;
    }
    if (areEqual(answer.trim(), ownAddressAnswer(vault, nonce))) return `${url.host} leads to this server`;
  } catch (error) {
    throw (
      explainNetwork(error, peer) ??
      unreachable(peer, 'no answer came', 'The name leads elsewhere, or something stands before it.', error)
    );
  } finally {
    client.close();
  }
  throw unreachable(
    peer,
    'another server answers',
    'The name of publicUrl leads to another machine or program.',
  );
}
