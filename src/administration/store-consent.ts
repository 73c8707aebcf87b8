import type { ConsentedAccount } from '../model/credential-profile.ts';
import { Problem, type ProblemFields } from '../model/problem.ts';
import type { Consented } from '../oauth/consented.ts';
import { tokensName } from '../oauth/sealed.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import { isMailboxOf, isNamed, namesOf } from '../resources/account-match.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { EventBus } from '../telemetry/events.ts';

export interface ConsentParts {
  profiles: Collection<CredentialProfile>;
  servers: Collection<MailServer>;
  events: EventBus;
  tokens: TokenSources;
}

/**
 * Stores what a person's consent brought, however it was given; `warning` is what should be mended all the same.
 * Whose consent it is, is compared before anything is stored: throws `oauth.other-account` or `oauth.account-unknown`.
 */
export async function storeConsent(
  profile: CredentialProfile,
  { consented, warning }: { consented: Consented; warning: Problem | null },
  { profiles, servers, events, tokens }: ConsentParts,
): Promise<void> {
  const { id, name } = profile;
  const using = (await servers.list()).filter(({ profileId }) => profileId === id);
  assertExpected(profile, consented.account, using);
  const problem = warning?.toJSON() ?? null;
  await tokens.change(id, () =>
    profiles.note(id, () => ({
      record: {
        state: 'connected',
        account: consented.account,
        problem,
        connectedAt: new Date().toISOString(),
      },
      secrets: { [tokensName]: JSON.stringify(consented.tokens) },
    })),
  );
  events.emit('profile.state', { profileId: id, profile: name, state: 'connected', problem });
}

/** The browser may be signed in as somebody else. A sign-in name says who it must be; else the mailboxes do. */
function assertExpected(
  { signInName }: CredentialProfile,
  account: ConsentedAccount | null,
  servers: MailServer[],
): void {
  if (signInName !== null) {
    if (!account) throw accountUnknown(signInName);
    if (!isNamed(account, signInName)) throw otherThanNamed(signInName, account);
    return;
  }
  const foreign = account ? servers.filter((server) => !isMailboxOf(account, null, server)) : [];
  if (account && foreign.length > 0) throw otherMailboxes(foreign, account);
}

function accountUnknown(signInName: string): Problem {
  return new Problem({
    code: 'oauth.account-unknown',
    kind: 'protocol',
    title: 'The authority did not say who signed in',
    detail: `expected ${signInName}`,
    cause: 'The scope openid was not asked for, so that nobody can tell whose mailbox this opens.',
    remedy:
      'Add openid to the scopes of the profile and give its issuer, or clear the sign-in name; then press Connect again.',
  });
}

function otherThanNamed(signInName: string, account: ConsentedAccount): Problem {
  return otherAccount(signInName, account, {
    title: 'Another account has consented than the profile names',
    cause: 'The browser was signed in as somebody else, or the sign-in name of the profile is wrong.',
    remedy: `Press Connect again and choose ${signInName}; or change the profile's sign-in name if ${account.username} is right.`,
  });
}

function otherMailboxes(servers: MailServer[], account: ConsentedAccount): Problem {
  const addresses = servers.map(({ address }) => address).join(', ');
  return otherAccount(addresses, account, {
    title: 'Another account has consented than the mailbox is of',
    cause: `The browser was signed in as somebody else, or ${account.username} has access to a shared mailbox.`,
    remedy: `Press Connect again and choose ${addresses}. If the mailbox is shared, say so at its server (${servers.map(({ name }) => name).join(', ')}); if it belongs to ${account.username}, enter that as the sign-in name of the profile.`,
  });
}

function otherAccount(
  expected: string,
  account: ConsentedAccount,
  words: Pick<ProblemFields, 'title' | 'cause' | 'remedy'>,
): Problem {
  return new Problem({
    code: 'oauth.other-account',
    kind: 'refused',
    detail: `expected ${expected}, but ${namesOf(account).join(', ')} signed in`,
    ...words,
  });
}
