import type { ResourceRecord } from '../../resources/resource.ts';
import type { PageDeps } from '../context.ts';
import type { ResourceView, ShownResource } from '../resources/view.ts';
import { destinationView } from './destination.ts';
import { notificationsView } from './notifications.ts';
import { outgoingServerView } from './outgoing-server.ts';
import { profileView } from './profile.ts';
import { serverView } from './server.ts';

/** Every resource with what is peculiar to its pages; one that has nothing peculiar is shown by its fields alone. */
export function shownResources(deps: PageDeps): ShownResource[] {
  const { profiles, servers, destinations, outgoingServers, notifications, resources } = deps.administration;
  const views = new Map<string, ResourceView>([
    peculiar(profiles, profileView(deps)),
    peculiar(servers, serverView(deps)),
    peculiar(destinations, destinationView(deps)),
    peculiar(outgoingServers, outgoingServerView(deps)),
    peculiar(notifications, notificationsView),
  ]);
  return resources.map((records) => ({
    records,
    view: views.get(records.resource.type) ?? { picture: 'record' },
  }));
}

/** A view only ever gets records of its own resource. */
function peculiar<R extends ResourceRecord>(
  { resource: { type } }: { resource: { type: string }; get(id: string): Promise<R> },
  view: ResourceView<R>,
): [type: string, view: ResourceView] {
  return [type, view as unknown as ResourceView];
}
