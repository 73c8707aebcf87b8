import type { Problem } from '../model/problem.ts';
import type { Suspects } from './blame.ts';
import type { Limits } from './message-bytes.ts';
import type { Entry, Explain, NamedFolder, Reading } from './protocol.ts';
import type { Known } from './source.ts';

/** What the messages of a mailbox are read with. */
export interface ReaderParts<Folder extends NamedFolder> {
  reading: Reading<Folder>;
  explain: Explain;
  limits: Limits;
  suspects: Suspects;
  /** Left out where nothing is known. */
  known: Known | undefined;
  signal: AbortSignal;
}

/** So many of a folder's messages are tried where one could not be read. */
const mostOthers = 3;

/** Whether another message of the folder can be read, but for some; false where there is none. Throws why it cannot. */
export async function canReadAnother<Folder extends NamedFolder>(
  parts: ReaderParts<Folder>,
  folder: Folder,
  except: readonly Entry[],
): Promise<boolean> {
  const { reading, explain, signal } = parts;
  try {
    const failures: Problem[] = [];
    for (const other of await othersIn(parts, folder, except))
      for await (const answer of reading.fetch([other])) {
        signal.throwIfAborted();
        if (answer.kind === 'refused') failures.push(answer.problem);
        else if (answer.kind !== 'absent' && answer.kind !== 'gone') return true;
      }
    if (failures[0]) throw failures[0];
    return false;
  } catch (error) {
    throw explain(error, 'give messages', folder.name);
  }
}

/** Some messages that may be read; best those that could be read before. */
async function othersIn<Folder extends NamedFolder>(
  { reading, suspects, known, limits }: ReaderParts<Folder>,
  folder: Folder,
  except: readonly Entry[],
): Promise<Entry[]> {
  const excepted = new Set(except.map(({ position }) => position.uid));
  for await (const entries of reading.present(folder, 'any')) {
    const others = entries.filter(
      ({ position, size }) => !excepted.has(position.uid) && (size ?? 0) <= limits.maxMessageBytes,
    );
    const [first] = others;
    if (!first) continue;
    const uids = others.map(({ position }) => position.uid);
    const stored = await known?.(first.position, uids);
    const promise = ({ position }: Entry) =>
      (stored?.get(position.uid)?.size ?? null) !== null ? 2 : suspects.has(position) ? 0 : 1;
    return others.sort((a, b) => promise(b) - promise(a)).slice(0, mostOthers);
  }
  return [];
}
