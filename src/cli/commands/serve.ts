import type { Command } from '../command.ts';
import type { Output } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';

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
