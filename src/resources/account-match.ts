import type { ConsentedAccount } from '../model/credential-profile.ts';

/** Everything that an account is called by: a sign-in name and a mail address may differ. */
export function namesOf({ username, aliases = [] }: ConsentedAccount): string[] {
  return [username, ...aliases];
}

export function isNamed(account: ConsentedAccount, name: string): boolean {
  return namesOf(account).some((known) => known.toLowerCase() === name.toLowerCase());
}

/**
 * Whether a mailbox is the one of the account that consented: by its address or user name; or the profile names
 * the account as the one to sign in with; or the mailbox is shared. Where the account has no name, nobody
 * can tell, and it passes.
 */
export function isMailboxOf(
  account: ConsentedAccount,
  signInName: string | null,
  { address, username, shared }: { address: string; username: string | null; shared: boolean },
): boolean {
  if (shared || !namesOf(account).some((name) => name.includes('@'))) return true;
  return [address, username, signInName].some((name) => name !== null && isNamed(account, name));
}
