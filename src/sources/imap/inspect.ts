import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Inspection } from '../source.ts';
import type { ImapConnection } from './connection.ts';
import { openFolder } from './folder.ts';
import { listFolders, resolveFolders } from './folder-names.ts';
import { noFolders } from './problems.ts';

/** Opens every folder that the server's settings name or mean, and lists all there are. */
export async function inspectMailbox(connection: ImapConnection, server: MailServer): Promise<Inspection> {
  const folders = await listFolders(connection);
  if (folders.length === 0) throw noFolders(server);

  const { names, missing } = await resolveFolders(connection, server, folders);
  const [first, ...others] = names;
  const target = server.afterIntake.action === 'move' ? [server.afterIntake.folder] : [];
  for (const folder of [...others, ...target]) await openFolder(connection, folder, { readOnly: true });
  const { messages } = first ? await openFolder(connection, first, { readOnly: true }) : { messages: 0 };
  if (missing) throw missing;
  return {
    folder: first ?? '',
    messages,
    capabilities: [...connection.client.capabilities.keys()],
    tells: connection.client.capabilities.has('IDLE'),
    useful: ['IDLE', 'MOVE', 'UIDPLUS'],
    folders: folders.map(({ path }) => path),
  };
}
