import type { MailServer } from '../../model/mail-server.ts';
import type { Inspection } from '../source.ts';
import type { ImapConnection } from './connection.ts';
import { openFolder } from './folder.ts';
import { noFolders } from './folder-problems.ts';

/** Opens every folder that the server's settings name, and lists all there are (P23). */
export async function inspectMailbox(connection: ImapConnection, server: MailServer): Promise<Inspection> {
  const { client } = connection;
  const listed = await client.list().catch((error) => {
    throw connection.explain(error, 'list the folders');
  });
  const folders = listed.filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'));
  if (folders.length === 0) throw noFolders(server);

  const [first, ...others] = server.folders;
  const target = server.afterIntake.action === 'move' ? [server.afterIntake.folder] : [];
  for (const folder of [...others, ...target]) await openFolder(connection, folder, { readOnly: true });
  const { messages } = first ? await openFolder(connection, first, { readOnly: true }) : { messages: 0 };
  return {
    folder: first ?? '',
    messages,
    capabilities: [...client.capabilities.keys()],
    folders: folders.map(({ path }) => path),
  };
}
