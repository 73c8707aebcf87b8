import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createBrowser } from '../../lab/browser.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { mailbox, startWorld } from '../end-to-end/world.ts';
import { incoming } from '../outgoing/letterbox.ts';
import { until } from '../until.ts';
import { Coverage } from './coverage.ts';

/** Nothing but what is asked of it makes a mailbox look: neither its clock, nor that of IDLE. */
const patient = { reconcileSeconds: 3600, idleSeconds: 1500 };

/** A Letterbox that reads a mailbox with a person's consent and delivers to a webhook, and one message behind it. */
export async function startWays(t: TestContext) {
  const world = await startWorld(t);
  const { authority, dovecot, receiver } = world;
  const letterbox = await world.open({ intake: patient });
  const { administration, events } = letterbox;
  let settled = 0;
  let looks = 0;
  events.on('delivery.settled', () => settled++);
  events.on('server.state', ({ condition }) => {
    if (condition === 'watching') looks++;
  });

  const { consent, destinations, profiles, servers } = administration;
  const app = authority.register({ redirectUris: [consent.redirectUri] });
  const { authorizationUrl, tokenUrl } = authority;
  const profile = await profiles.create({
    name: 'Contoso',
    provider: 'microsoft',
    authorizationUrl,
    tokenUrl,
    signInName: mailbox,
    ...app,
  });
  async function connect(): Promise<void> {
    const session = 'a session of the browser';
    const callback = await createBrowser().consent(await consent.begin(profile.id, session), mailbox);
    await consent.complete(callback, session);
  }
  await connect();
  const { signingSecret } = await destinations.create({
    name: 'Tickets',
    kind: 'webhook',
    url: receiver.url,
  });
  receiver.trust(signingSecret);
  const server: MailServer = await servers.create({
    name: 'Support',
    address: mailbox,
    host: dovecot.host,
    port: dovecot.imapsPort,
    profileId: profile.id,
    startFrom: 'everything',
    afterIntake: { action: 'mark-read' },
  });

  let sent = 0;
  /** Delivered to the webhook, and marked as read at the server. */
  const isThrough = () => {
    const files = readdirSync(join(dovecot.maildir(mailbox), 'cur'));
    return settled === sent && files.filter((file) => /:2,\w*S/.test(file)).length === sent;
  };
  async function sendMessage(): Promise<void> {
    await dovecot.deliver(mailbox, incoming(`Message ${++sent}`));
    await until('the message is through', isThrough);
  }
  /** Ends when the mailbox is watched after that. */
  async function untilWatched(work: () => Promise<unknown>): Promise<void> {
    const before = looks;
    await work();
    await until('the mailbox is watched', () => looks > before);
  }

  await untilWatched(letterbox.start);
  await sendMessage();
  const coverage = await Coverage.start();
  t.after(() => coverage.stop());
  return { authority, letterbox, server, coverage, connect, sendMessage, untilWatched };
}
