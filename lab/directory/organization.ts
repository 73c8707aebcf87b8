import { onlyOptions, selected } from './select.ts';
import type { Route } from './world.ts';

/** Microsoft: List organization. */
export const organizationRoute: Route = {
  method: 'GET',
  path: 'organization',
  scopes: ['User.Read', 'Organization.Read.All'],
  roles: [],
  answer({ world: { organisation }, query }) {
    onlyOptions(query, ['$select']);
    const { id, displayName, domain } = organisation;
    const verifiedDomains = [{ name: domain, isDefault: true, isInitial: true, type: 'Managed' }];
    return {
      status: 200,
      json: { value: [selected({ id, displayName, verifiedDomains }, query, 'organization')] },
    };
  },
};
