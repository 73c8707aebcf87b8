import { createPeople, type People } from './people.ts';
import type { Policy, SignIn } from './policies.ts';

/** What administrators have set for the organisation of the tenant: states, from which the answers follow. */
export interface Organisation extends People {
  policies: Policy[];
  /** Whether the tenant has Exchange Online: it never had, has, or had a subscription that lapsed. */
  exchangeOnline: 'never' | 'subscribed' | 'lapsed';
  /** By how much the authority's clock is ahead of this machine's; a machine whose clock is slow. */
  clockAheadMs: number;
  /** How people signed in, by the grant that came of it. */
  signIns: Map<string, SignIn>;
}

export function createOrganisation(): Organisation {
  return {
    ...createPeople(),
    policies: [],
    exchangeOnline: 'subscribed',
    clockAheadMs: 0,
    signIns: new Map(),
  };
}
