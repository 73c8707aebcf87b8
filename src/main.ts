// The command's entry. What needs a newer Node is imported only after its version was looked at.
const oldest = 24;
if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(
    `letterbox: Letterbox needs Node ${oldest} or newer, and this is ${process.version}.\nWhat to do: run it with npm start or bin/letterbox.mjs, which find the Node that npm installed beside it.\n`,
  );
  process.exit(1);
}

// Who reads only the beginning of a list (`| head`) closes the pipe: that is no failure. A result that cannot be
// written is one; but a server goes on, whatever becomes of its log.
let serving = false;
for (const stream of [process.stdout, process.stderr])
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (serving || code === 'EPIPE') return;
    process.stderr.write(`letterbox: The result could not be written (${code}).\n`);
    process.exit(1);
  });

const { runCli } = await import('./cli/cli.ts');
const { builtIn, resourcesOf } = await import('./adapters.ts');

process.exitCode = await runCli(process.argv.slice(2), {
  open: async (config) => (await import('./local-api.ts')).openApi(config),
  serve: async (config) => {
    serving = true;
    return (await import('./serve.ts')).serve(config);
  },
  resources: Object.values(resourcesOf(builtIn)),
  environment: process.env,
  folder: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
// A prompt or a pipe that was read from would keep the process.
process.stdin.unref?.();
