import { builtIn } from './adapters.ts';
import { createApi } from './api/api.ts';
import { byFileSystem } from './api/authorize.ts';
import { type Letterbox, openLetterbox } from './app.ts';
import type { OpenedApi } from './cli/transport.ts';
import type { Config } from './config/config.ts';
import { createApp } from './http/app.ts';
import { createLog } from './telemetry/log.ts';

/** The API for those whom the file system lets in: one command in its own process, or the server's local socket. */
export function localApi({ administration, log }: Letterbox) {
  return createApp({ apps: [createApi({ administration, authorize: byFileSystem, log })], log });
}

/** The API without a server, for one command; the log goes to standard error, beside the command's result. */
export async function openApi(config: Config): Promise<OpenedApi> {
  const letterbox = await openLetterbox(
    config,
    createLog(config.log.level, process.stderr),
    builtIn,
    'command',
  );
  return { api: localApi(letterbox), close: letterbox.close };
}
