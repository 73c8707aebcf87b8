import type { AccessToken } from '../model/token.ts';
import { lastUse, type ResourceToken, refreshTime, type TokenSet } from './token-set.ts';

/** The tokens of a profile as they are remembered between two looks into the store. */
export interface KnownTokens {
  all(): TokenSet | null;
  remember(tokens: TokenSet): void;
  forget(): void;
  /** One that is good and not yet due for refreshing. */
  fresh(resource: string): AccessToken | null;
  /** One that still works, due or not. */
  usable(resource: string): AccessToken | null;
  /** A server refused it: it is neither of both any more. */
  refuse(token: string): void;
}

export function createKnownTokens(): KnownTokens {
  let known: TokenSet | null = null;
  const refreshTimes = new Map<ResourceToken, number>();
  /** Also while they are not remembered: a look into the store may bring one back. */
  const refused = new Set<string>();

  function until(resource: string, limit: (token: ResourceToken) => number): AccessToken | null {
    const token = known?.access[resource];
    return token && !refused.has(token.token) && Date.now() < limit(token) ? token : null;
  }

  return {
    all: () => known,
    remember(tokens) {
      known = tokens;
      const present = Object.values(tokens.access);
      for (const token of refreshTimes.keys()) if (!present.includes(token)) refreshTimes.delete(token);
      for (const token of present) if (!refreshTimes.has(token)) refreshTimes.set(token, refreshTime(token));
      // What is not there any more is never handed out again anyway.
      for (const token of refused) if (!present.some((one) => one.token === token)) refused.delete(token);
    },
    forget() {
      known = null;
    },
    fresh: (resource) => until(resource, (token) => refreshTimes.get(token) ?? 0),
    usable: (resource) => until(resource, lastUse),
    refuse: (token) => void refused.add(token),
  };
}
