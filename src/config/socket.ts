import { closeSync, constants, openSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What fits into `sun_path` (unix(7)) with its closing zero. */
const longestAddressBytes = 107;

/** The Unix socket in a data folder that a running server takes commands by. */
export interface SocketAddress {
  file: string;
  /** By what it is bound and connected to: the file, or where that is too long a shorter way there. */
  address: string;
  /** Ends the shorter way; the socket must no longer be needed by then. */
  close(): void;
}

/**
 * Where the socket of a data folder is. Throws what opening the folder throws, when the path is so long that
 * it needs the shorter way, by a descriptor of the folder (proc(5)).
 */
export function socketAddress(dataFolder: string): SocketAddress {
  const folder = resolve(dataFolder);
  const file = join(folder, 'letterbox.sock');
  if (Buffer.byteLength(file) <= longestAddressBytes || process.platform !== 'linux')
    return { file, address: file, close: () => {} };
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    file,
    address: `/proc/self/fd/${descriptor}/letterbox.sock`,
    close: () => closeSync(descriptor),
  };
}
