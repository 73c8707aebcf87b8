import type { Person } from './people.ts';

/** A Conditional Access policy (Entra ID > Protection > Conditional Access). Whoever it says nothing of, it leaves alone. */
export interface Policy {
  name: string;
  /** Target resources (*cloud apps*), by their identifier URIs; all when left out. */
  resources?: string[];
  /** People, by address; all when neither they nor apps are named. */
  people?: string[];
  /** Apps by themselves (*workload identities*), by client ID. */
  apps?: string[];
  /** *Authentication flows*: by this one only. */
  flow?: 'device code';
  /** What it asks for; `signInHours` is how old a sign-in may be. */
  control: 'block' | 'second factor' | 'compliant device' | { signInHours: number };
}

/** When and how a person signed in. */
export interface SignIn {
  at: number;
  secondFactor: boolean;
}

/** What is asked for in the one or the other name. */
export type Asking = { resources: string[]; flow: string } & ({ account: string } | { app: string });

export function policiesFor(policies: Policy[], asking: Asking): Policy[] {
  const { resources, flow } = asking;
  return policies.filter((policy) => {
    const isMeant =
      'app' in asking
        ? policy.apps?.includes(asking.app) === true
        : (policy.people?.some((one) => one.toLowerCase() === asking.account.toLowerCase()) ?? !policy.apps);
    const about = policy.resources;
    return (
      isMeant &&
      (about === undefined || resources.some((resource) => about.includes(resource))) &&
      (policy.flow === undefined || policy.flow === flow)
    );
  });
}

/** Why policies keep a person from signing in there and then, as Entra's code; null when they do not. */
export function whyNotSignedIn(policies: Policy[], { hasSecondFactor }: Person): number | null {
  for (const { control } of policies) {
    if (control === 'block') return 53003;
    // No browser of the lab is on a device that the organisation knows.
    if (control === 'compliant device') return 53000;
    // Who has none is asked to set one up, which nobody here does.
    if (control === 'second factor' && !hasSecondFactor) return 50079;
  }
  return null;
}

/** Why policies keep an earlier sign-in, or an app by itself (null), from getting a token, as Entra's code. */
export function whyNoToken(policies: Policy[], signIn: SignIn | null, now: number): number | null {
  for (const { control } of policies) {
    if (control === 'block') return 53003;
    if (!signIn) continue;
    if (control === 'compliant device') return 53000;
    if (control === 'second factor' && !signIn.secondFactor) return 50076;
    if (typeof control === 'object' && now - signIn.at > control.signInHours * 3_600_000) return 70043;
  }
  return null;
}
