import type { Cloud } from '../../../model/microsoft-hosts.ts';
import { type Registration, type ResourceName, resourceApps } from '../registration.ts';

/** What a script is made from, beside what is wanted. */
export interface ScriptContext {
  cloud: Cloud;
  /** Origin of Graph. */
  graph: string;
  /** Tenant ID or domain, where it is known. */
  tenant: string | null;
}

/** The same set-up for other hands. */
export interface Script {
  name: string;
  /** What it is run with. */
  title: string;
  fileName: string;
  /** How it is run, in a sentence. */
  usage: string;
  write(registration: Registration, context: ScriptContext): string;
}

export interface Needed {
  name: ResourceName;
  appId: string;
  scopes: string[];
  roles: string[];
}

/** The permissions by the resource that may publish them; which does is found out by whoever runs the script. */
export function neededOf({ permissions }: Registration): Needed[] {
  const names = Object.keys(resourceApps) as ResourceName[];
  return names
    .map((name) => {
      const own = permissions.filter(({ resources }) => resources.includes(name));
      const of = (wanted: string) => own.filter(({ type }) => type === wanted).map(({ value }) => value);
      return { name, appId: resourceApps[name].appId, scopes: of('Scope'), roles: of('Role') };
    })
    .filter(({ scopes, roles }) => scopes.length + roles.length > 0);
}
