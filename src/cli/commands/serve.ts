import type { Command } from '../command.ts';

/** Signals this soon after the first are the same key pressed once: npm passes on what the terminal sends to all. */
const sameKeyMs = 1_000;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Runs the server: reads mailboxes, delivers messages, serves console and API',
  options: {},
  async run({ config, serve, out }) {
    const stopping = stopSignal();
    const server = await serve(config);
    out.remark(`Letterbox is at ${server.url}`);
    if (server.setUpToken !== null)
      out.remark(`To set it up, open that address and give this set-up token: ${server.setUpToken}`);
    await stopping;
    await server.stop();
    return 0;
  },
};

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
