import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection';
import { userOf } from '../../model/mail-server.ts';
import type { AccessToken } from '../../model/token.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { noOauth, noSignIn } from './problems.ts';

export type Mechanism = 'OAUTHBEARER' | 'XOAUTH2' | 'password';

/** RFC 5321 4.5.3.1.4, without the line's end; a longer first answer goes on a line of its own (RFC 4954 4). */
const longestCommand = 510;

/** How to sign in, by what the server offers in its answer to EHLO. Throws when it offers nothing that would do. */
export function mechanismFor(server: OutgoingServer, token: AccessToken, ehlo: string): Mechanism {
  const offered = new Set(
    [...ehlo.matchAll(/^250[- ]AUTH[ =](.*)$/gim)].flatMap(([, names = '']) =>
      names.toUpperCase().split(/\s+/),
    ),
  );
  if (offered.size === 0) throw noSignIn(server);
  if (token.isPassword) return 'password';
  const mechanism = (['OAUTHBEARER', 'XOAUTH2'] as const).find((name) => offered.has(name));
  if (!mechanism) throw noOauth(server, [...offered].join(', '));
  return mechanism;
}

/** Signs in on a connection that was made with {@link handlers}. */
export function signIn(
  connection: SMTPConnection,
  server: OutgoingServer,
  { token }: AccessToken,
  mechanism: Mechanism,
  done: (error?: Error | null) => void,
): void {
  const user = userOf(server);
  if (mechanism === 'password') connection.login({ user, pass: token }, done);
  else
    connection.login(
      { method: 'OAUTH2', user, mechanism, response: responseOf(mechanism, user, token) },
      done,
    );
}

/**
 * For nodemailer: OAuth 2.0 as one method of our own. Its own XOAUTH2 does not know OAUTHBEARER, and sends long
 * tokens on the line of the command.
 */
export const handlers = { OAUTH2: exchange };

async function exchange({ auth, sendCommand }: SMTPConnectionCustomAuthContext): Promise<void> {
  const { mechanism, response } = auth as unknown as { mechanism: Mechanism; response: string };
  const whole = `AUTH ${mechanism} ${response}`;
  let answer = await sendCommand(whole.length <= longestCommand ? whole : `AUTH ${mechanism}`);
  if (whole.length > longestCommand && answer.status === 334) answer = await sendCommand(response);
  // Why it is refused comes as a challenge first, to be answered with nothing, or by RFC 7628 3.2.3 with ^A.
  if (answer.status === 334) answer = await sendCommand(mechanism === 'OAUTHBEARER' ? 'AQ==' : '');
  if (answer.status !== 235) throw new Error('The server refused the token');
}

/** RFC 7628 3.1; Google and Microsoft: the XOAUTH2 protocol. */
function responseOf(mechanism: Mechanism, user: string, token: string): string {
  const head =
    mechanism === 'OAUTHBEARER'
      ? `n,a=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},`
      : `user=${user}`;
  return Buffer.from(`${head}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
}
