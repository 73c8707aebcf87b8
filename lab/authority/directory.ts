import { createHash } from 'node:crypto';

/** Who signed in, by the subjects under which apps know them. */
export interface Directory {
  /** A person as one app knows them: another subject for each app (OpenID Connect Core 8, pairwise). */
  subjectFor(clientId: string, account: string): string;
  /** The address that a subject stands for. Throws for one that was never given. */
  accountOf(subject: string): string;
}

export function createDirectory(): Directory {
  const accounts = new Map<string, string>();
  return {
    subjectFor(clientId, account) {
      const subject = createHash('sha256').update(`${clientId} ${account.toLowerCase()}`).digest('base64url');
      accounts.set(subject, account);
      return subject;
    },
    accountOf(subject) {
      const account = accounts.get(subject);
      if (account === undefined) throw new Error('nobody has this subject');
      return account;
    },
  };
}

/** A person's GUID, the same for every app. */
export function objectIdOf(account: string): string {
  const hex = createHash('sha256').update(account.toLowerCase()).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
