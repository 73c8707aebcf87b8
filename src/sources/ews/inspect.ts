import { find, textOf } from '../../network/xml-element.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { folderMissing } from '../folder-problems.ts';
import type { Inspection } from '../source.ts';
import type { EwsClient } from './client.ts';
import { explain } from './explain.ts';
import { type Folder, type Listed, listFolders, resolveFolders } from './folders.ts';
import { getFolders } from './operations.ts';
import { categoryOf, Refusal } from './refusal.ts';
import { startSubscription, stopSubscription } from './subscription.ts';

/** Opens every folder that the server's settings name, lists all there are, and tries whether notifications can be had. */
export async function inspectMailbox(
  client: EwsClient,
  server: MailServer,
  signal: AbortSignal,
): Promise<Inspection> {
  const target = server.afterIntake.action === 'move' ? [server.afterIntake.folder] : [];
  let listed: Promise<Listed> | undefined;
  const list = () => {
    listed ??= listFolders(client, signal);
    return listed;
  };
  try {
    const { folders, missing } = await resolveFolders(client, server.folders, signal, list);
    const [absent = server.folders.join(', ')] = missing;
    if (missing.length > 0 || folders.length === 0) throw folderMissing(server, absent);
    const aims = await resolveFolders(client, target, signal, list);
    for (const name of aims.missing) throw folderMissing(server, name);
    let messages: number | null = null;
    let exchange = '';
    for (const folder of [...folders, ...aims.folders]) {
      const opened = await openFolder(client, folder, signal);
      messages ??= opened.messages;
      exchange = opened.version;
    }
    const first = folders[0] as Folder;
    return {
      folder: first.name,
      messages: messages ?? 0,
      capabilities: [`Exchange ${exchange}`],
      useful: [],
      tells: await givesNotifications(client, first, signal),
      folders: await visibleFolders(list, folders),
    };
  } catch (error) {
    throw explain(error, server, 'open the mailbox', 'INBOX');
  }
}

async function openFolder(client: EwsClient, folder: Folder, signal: AbortSignal) {
  try {
    const { message, version } = await client.askOne(getFolders([folder.id]), signal);
    const [row] = find(message, 'Folders')?.children ?? [];
    return { messages: Number(textOf(row, 'TotalCount')) || 0, version };
  } catch (error) {
    throw explain(error, client.server, 'open a folder', folder.name);
  }
}

/** Who may open one folder only is refused the list of all; that is no reason not to read the one. */
async function visibleFolders(list: () => Promise<Listed>, opened: Folder[]): Promise<string[]> {
  try {
    return (await list()).folders.map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof Refusal) || categoryOf(error) === 'throttling') throw error;
    return opened.map(({ name }) => name);
  }
}

/** Whether a streaming subscription can be had. */
async function givesNotifications(client: EwsClient, folder: Folder, signal: AbortSignal): Promise<boolean> {
  try {
    const subscription = await startSubscription(client, folder, signal);
    await stopSubscription(client, subscription, signal);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal) || categoryOf(error) === 'throttling') throw error;
    return false;
  }
}
