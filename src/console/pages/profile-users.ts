import { html } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { OutgoingKind } from '../../resources/outgoing-server/kind.ts';
import { withArticle } from '../../resources/titles.ts';
import { titleCell } from '../components/cell.ts';
import { moment } from '../components/moment.ts';
import { onOrOff, serverStatus } from '../components/status.ts';
import { table } from '../components/table.ts';
import type { Html } from '../html.ts';

/** What signs in with a profile: mailboxes that are read, and servers that send. */
export async function renderUsers(
  { id, uses }: CredentialProfile,
  { servers, outgoingServers }: Administration,
): Promise<Html> {
  const reading = (await servers.list()).filter(({ profileId }) => profileId === id);
  const sending = (await outgoingServers.list()).filter(({ profileId }) => profileId === id);
  if (reading.length + sending.length > 0)
    return table(
      'Servers that use this profile',
      [{ label: 'Server' }, { label: 'State' }, { label: 'Last mail' }],
      [
        ...reading.map(({ id: serverId, name, address, state }) => [
          titleCell(`/servers/${serverId}`, name, address),
          serverStatus(state.condition),
          moment(state.lastMessageAt, 'none yet'),
        ]),
        ...sending.map((server) => [
          titleCell(`/outgoing-servers/${server.id}`, server.name, `sends as ${server.address}`),
          onOrOff(server),
          null,
        ]),
      ],
    );
  const protocols = servers.resource.kind?.kinds ?? [];
  const ways = (outgoingServers.resource.kind?.kinds ?? []) as OutgoingKind[];
  const wanted = [
    ...(protocols.some(({ name }) => uses.includes(name)) ? [servers.resource] : []),
    ...(ways.some(({ use }) => uses.includes(use.name)) ? [outgoingServers.resource] : []),
  ];
  return html`${wanted.map(
    ({ path, title, noun }) => html`<p>No ${title} uses this profile yet.
      <a href="/${path}/new?profileId=${id}">Add ${withArticle(noun)}</a></p>`,
  )}`;
}
