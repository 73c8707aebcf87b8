import type { AccessToken } from '../../model/token.ts';
import type { Pop3Connection } from './connection.ts';
import { NoOauthMechanism, Pop3ProtocolError, Pop3Refusal } from './errors.ts';

/** CAPA's answer (RFC 2449 5): parameters by capability, names in capitals. */
export type Capabilities = ReadonlyMap<string, readonly string[]>;

const unknownMechanism = /unknown|unrecogni[sz]ed|unsupported|not supported|invalid|mechanism/i;

const mostCapabilities = 1_000;

/** What the server says it can do; empty where it does not know the question. */
export async function readCapabilities(connection: Pop3Connection): Promise<Capabilities> {
  const capabilities = new Map<string, string[]>();
  let lines = 0;
  try {
    for await (const some of connection.lines('CAPA')) {
      lines += some.length;
      if (lines > mostCapabilities) throw new Pop3ProtocolError('capabilities without an end');
      for (const line of some) {
        const [name = '', ...parameters] = line.trim().split(/\s+/);
        capabilities.set(name.toUpperCase(), parameters);
      }
    }
  } catch (error) {
    if (!(error instanceof Pop3Refusal)) throw error;
  }
  return capabilities;
}

/**
 * Signs in with a token by XOAUTH2 or OAUTHBEARER (RFC 7628), with a password by PLAIN (RFC 4616) or `USER` and
 * `PASS` (RFC 1939 7). Throws {@link Pop3Refusal}, {@link NoOauthMechanism}.
 */
export async function signIn(
  connection: Pop3Connection,
  capabilities: Capabilities,
  user: string,
  credential: AccessToken,
): Promise<void> {
  const mechanisms = capabilities.get('SASL')?.map((name) => name.toUpperCase());
  if (credential.isPassword) {
    if (mechanisms?.includes('PLAIN'))
      return authenticate(connection, 'PLAIN', `\0${user}\0${credential.token}`);
    await connection.command(`USER ${user}`);
    await connection.command(`PASS ${credential.token}`);
    return;
  }
  const bearer = `auth=Bearer ${credential.token}\x01\x01`;
  // A server that lists nothing may know it all the same
  if (!mechanisms || mechanisms.includes('XOAUTH2'))
    return authenticate(connection, 'XOAUTH2', `user=${user}\x01${bearer}`);
  if (!mechanisms.includes('OAUTHBEARER')) throw new NoOauthMechanism();
  const name = user.replaceAll('=', '=3D').replaceAll(',', '=2C');
  return authenticate(connection, 'OAUTHBEARER', `n,a=${name},\x01${bearer}`, '\x01');
}

/**
 * RFC 5034, in two steps: Exchange Online takes no response on the line of the command ("Protocol error. Connection
 * is closed. 10"), and others take none that makes it longer than 255 bytes.
 */
async function authenticate(
  connection: Pop3Connection,
  mechanism: string,
  response: string,
  afterRefusal = '',
): Promise<void> {
  const begun = await connection.ask(`AUTH ${mechanism}`).catch((error) => {
    // Before anything was shown: it is the mechanism that is refused
    const isUnknown = error instanceof Pop3Refusal && unknownMechanism.test(error.said);
    throw isUnknown ? new NoOauthMechanism() : error;
  });
  if (begun.kind === 'done') return;
  const answer = await connection.ask(base64(response));
  if (answer.kind === 'done') return;
  // Why a token was refused is told as one more challenge (RFC 7628 3.2.3); the refusal itself follows
  const last = await connection.ask(base64(afterRefusal));
  if (last.kind === 'continue') throw new Pop3ProtocolError('a sign-in without an end');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
