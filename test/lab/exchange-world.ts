import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Registration } from '../../lab/authority/apps.ts';
import { startDovecot } from '../../lab/dovecot/index.ts';
import { startExchange } from '../../lab/exchange/index.ts';
import { askForToken, redirectUri, signIn } from './authority-client.ts';
import { startAuthorityWorld } from './authority-world.ts';

/** Exchange Online as the lab has it, an authority, and mailboxes. */
export async function startExchangeWorld(t: TestContext) {
  const world = await startAuthorityWorld(t);
  const { authority, folder, certificates, after } = world;
  const dovecot = await startDovecot({ folder: join(folder, 'dovecot'), authority, certificates });
  after(dovecot.stop);
  const exchange = await startExchange({ certificates, authority, dovecot });
  after(exchange.stop);
  return {
    ...world,
    dovecot,
    exchange,
    /** A person's token for a scope. */
    async tokenOf(account: string, scope: string): Promise<string> {
      const client = authority.register({ redirectUris: [redirectUri] });
      const signedIn = await signIn(authority, client, account, scope);
      if (!('code' in signedIn)) throw new Error(JSON.stringify(signedIn));
      const answer = await askForToken(authority, {
        grant_type: 'authorization_code',
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uri: redirectUri,
        scope,
        code: signedIn.code,
      });
      return answer.access_token ?? '';
    },
    /** An app's own token, with what is registered of it. */
    async tokenOfApp(registration: Registration = {}, scope = 'https://outlook.office365.com/.default') {
      const client = authority.register({ appOnly: true, ...registration });
      const answer = await askForToken(authority, {
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: client.clientSecret,
        scope,
      });
      return { token: answer.access_token ?? '', app: authority.app(client.clientId) };
    },
  };
}
