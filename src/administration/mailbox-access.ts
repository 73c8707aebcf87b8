import { z } from 'zod';
import { proveRestriction } from '../doctor/restriction.ts';
import { readClaims } from '../doctor/token-claims.ts';
import { invalidInput } from '../model/problem.ts';
import type { TokenSource, Use } from '../model/token.ts';
import type { Collections } from '../resources/collections.ts';
import { mailAddress } from '../resources/fields/address.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import { validate } from '../resources/validation.ts';
import { exchangeAccess } from '../setup/exchange-access.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';

/** The other mailbox, which must be refused. */
export const restrictionInput = z.strictObject({ mailbox: mailAddress });

export function createMailboxAccess({
  resources: { profiles, servers },
  store,
  openSource,
  tokensFor,
}: {
  resources: Pick<Collections, 'profiles' | 'servers'>;
  store: Store;
  openSource: (server: MailServer) => MailSource;
  tokensFor: (profileId: string, use: Use) => TokenSource;
}): Administration['mailboxAccess'] {
  const find = servers.get;

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
      const profile = await profiles.find(server.profileId);
      if (profile?.provider !== 'microsoft' || profile.grant !== 'client_credentials') return [];
      return exchangeAccess(profile, server.address, await objectIdOf(server));
    },

    async restriction(serverId) {
      await find(serverId);
      return store.mailboxes.restriction(serverId);
    },

    async proveRestriction(serverId, input) {
      const { mailbox } = validate(restrictionInput, input);
      const server = await find(serverId);
      if (mailbox.toLowerCase() === server.address.toLowerCase())
        throw invalidInput([
          { field: 'mailbox', expected: 'another mailbox than the server’s own', given: mailbox },
        ]);
      const proof = await proveRestriction(server, mailbox, openSource);
      await store.mailboxes.setRestriction(serverId, proof);
      return proof;
    },
  };
}
