import type { Administration } from '../../src/administration/administration.ts';
import type { RunningServer } from '../../src/cli/command.ts';
import type { LabAuthority } from '../authority/index.ts';
import { createBrowser } from '../browser.ts';
import type { LabDovecot } from '../dovecot/index.ts';
import type { LabReceiver } from '../receiver.ts';

/**
 * What an administrator does at the first start: sets the password, enters the app registered at the authority
 * as a credential profile, presses Connect and consents, adds the webhook and the mailbox. Gives the webhook's id.
 */
export async function setUp({
  administration,
  server: { url, setUpToken },
  password,
  authority,
  dovecot,
  receiver,
  mailbox,
}: {
  administration: Administration;
  server: RunningServer;
  password: string;
  authority: LabAuthority;
  dovecot: LabDovecot;
  receiver: LabReceiver;
  mailbox: string;
}): Promise<string> {
  const app = authority.register({ redirectUris: [administration.consent.redirectUri] });
  const profile = await administration.profiles.create({
    name: 'Contoso',
    provider: 'microsoft',
    authorizationUrl: authority.authorizationUrl,
    tokenUrl: authority.tokenUrl,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    signInName: mailbox,
  });

  const browser = createBrowser();
  const form = new URLSearchParams({ token: setUpToken ?? '', password, passwordRepeat: password });
  const fromPage = { 'sec-fetch-site': 'same-origin' };
  await browser.fetch(`${url}/set-up`, { method: 'POST', body: form, headers: fromPage });
  const connect = await browser.fetch(`${url}/profiles/${profile.id}/connect`, { headers: fromPage });
  const authorization = new URL(connect.headers.get('location') ?? '', url);
  await browser.fetch(await browser.consent(authorization, mailbox));
  const { account } = await administration.profiles.get(profile.id);
  if (account?.username !== mailbox) throw new Error('The consent did not come to its end');

  const { id, signingSecret } = await administration.destinations.create({
    name: 'Tickets',
    url: receiver.url,
  });
  receiver.trust(signingSecret);
  await administration.servers.create({
    name: 'Support',
    address: mailbox,
    host: dovecot.host,
    port: dovecot.imapsPort,
    profileId: profile.id,
    startFrom: 'everything',
    afterIntake: { action: 'mark-read' },
  });
  return id;
}
