import { z } from 'zod';
import { proveRestriction } from '../doctor/restriction.ts';
import { exchangeAccess } from '../doctor/setup/exchange-access.ts';
import { readClaims } from '../doctor/token-claims.ts';
import type { Use } from '../model/credential-profile.ts';
import type { MailServer } from '../model/mail-server.ts';
import { invalidInput } from '../model/problem.ts';
import type { TokenSource } from '../model/token.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { findServer } from './find.ts';
import { mailAddress } from './server-input.ts';
import { validate } from './validation.ts';

/** The other mailbox, which must be refused. */
export const restrictionInput = z.strictObject({ mailbox: mailAddress });

export function createAccessAdministration({
  store,
  openSource,
  tokensFor,
}: {
  store: Store;
  openSource: (server: MailServer) => MailSource;
  tokensFor: (profileId: string, use: Use) => TokenSource;
}): Administration['access'] {
  const find = (id: string) => findServer(store, id);

  /** An app-only token names the Enterprise application; without one the person looks it up. */
  async function objectIdOf(server: MailServer): Promise<string | null> {
    try {
      const { token } = await tokensFor(server.profileId, server.protocol).accessToken();
      return readClaims(token)?.objectId ?? null;
    } catch {
      return null;
    }
  }

  return {
    async setup(serverId) {
      const server = await find(serverId);
      const profile = await store.profiles.get(server.profileId);
      if (profile?.provider !== 'microsoft' || profile.grant !== 'client_credentials') return [];
      return exchangeAccess(profile, server.address, await objectIdOf(server));
    },

    async restriction(serverId) {
      await find(serverId);
      return store.servers.restriction(serverId);
    },

    async proveRestriction(serverId, input) {
      const { mailbox } = validate(restrictionInput, input);
      const server = await find(serverId);
      if (mailbox.toLowerCase() === server.address.toLowerCase())
        throw invalidInput([
          { field: 'mailbox', expected: 'another mailbox than the server’s own', given: mailbox },
        ]);
      const proof = await proveRestriction(server, mailbox, openSource);
      await store.servers.setRestriction(serverId, proof);
      return proof;
    },
  };
}
