import type { Present, ResourceApp } from './present.ts';
import { permissionMissing, resourceMissing } from './problems.ts';
import { type Registration, resourceApps, type WantedPermission } from './registration.ts';

/** A wanted permission where it is published in this tenant, by the ID that it has there. */
export interface ResolvedPermission {
  resource: ResourceApp;
  type: WantedPermission['type'];
  value: string;
  id: string;
}

/** Throws `azure.resource-missing` or `azure.permission-missing`. */
export function resolved({ permissions }: Registration, { resources }: Present): ResolvedPermission[] {
  return permissions.flatMap((wanted) => {
    const [first = 'exchange'] = wanted.resources;
    const { title } = resourceApps[first];
    if (!resources[first]) throw resourceMissing(title);
    const found = wanted.resources.flatMap((name) => {
      const resource = resources[name];
      const id = resource?.[wanted.type].get(wanted.value);
      return resource && id !== undefined ? [{ resource, type: wanted.type, value: wanted.value, id }] : [];
    });
    if (found.length > 0) return found;
    throw permissionMissing(wanted.value, title);
  });
}
