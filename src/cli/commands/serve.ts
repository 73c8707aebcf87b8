import type { Command } from '../command.ts';
import type { Output } from '../output.ts';

/** Signals this soon after the first are the same key pressed once: npm passes on what the terminal sends to all. */
const sameKeyMs = 1_000;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Runs the server: reads mailboxes, delivers messages, serves console and API',
  options: {},
  notes:
    'The log goes to standard output. With --json there is a line { "url", "setUpToken" } among its lines, once the server serves; the token is null where a password is set.',
  async run({ config, serve, out }) {
    const stopping = stopSignal();
    const { url, setUpToken, stop } = await serve(config);
    if (out.json) out.show({ url, setUpToken }, String);
    else tell(out, url, setUpToken);
    await stopping;
    await stop();
    return 0;
  },
};

/** Beside the log. */
function tell(out: Output, url: string, setUpToken: string | null): void {
  out.remark(`Letterbox is at ${url}`);
  if (setUpToken !== null)
    out.remark(`To set it up, open that address and give this set-up token: ${setUpToken}`);
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const stop = (signal: NodeJS.Signals) => {
      first ??= Date.now();
      if (Date.now() - first > sameKeyMs) process.exit(signal === 'SIGINT' ? 130 : 143);
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
