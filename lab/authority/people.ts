/** A person's account, as an administrator changes it in Entra ID > Users. */
export interface Person {
  /** *Account enabled*; off for the accounts of shared mailboxes, by design. */
  enabled: boolean;
  /** By smart lockout: too many wrong passwords. */
  locked: boolean;
  passwordExpired: boolean;
  deleted: boolean;
  /** Has a second factor to show, where one is asked for. */
  hasSecondFactor: boolean;
}

/** Everybody who signs in exists; what is changed here is remembered by address. */
export interface People {
  /** To be changed. */
  person(account: string): Person;
}

export function createPeople(): People {
  const people = new Map<string, Person>();
  return {
    person(account) {
      const key = account.toLowerCase();
      const known = people.get(key) ?? {
        enabled: true,
        locked: false,
        passwordExpired: false,
        deleted: false,
        hasSecondFactor: true,
      };
      people.set(key, known);
      return known;
    },
  };
}

/** Why an account may not sign in nor stay signed in, as Entra's code; null when it may. */
export function whyNotUsable({ enabled, locked, passwordExpired, deleted }: Person): number | null {
  if (deleted) return 50034;
  if (!enabled) return 50057;
  if (locked) return 50053;
  return passwordExpired ? 50055 : null;
}
