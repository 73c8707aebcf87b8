// Installs what a command needs and this machine lacks; runs with any Node from 18. Does nothing where all is there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lab = ['dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd', 'dovecot-submissiond'];

/** Debian packages by what is to be run. */
const needed = {
  start: [],
  demo: lab,
  test: [
    ...lab,
    'chromium',
    'jq',
    'libnss-wrapper',
    'nsd',
    'perl',
    'procps',
    'python3-exchangelib',
    'python3-msal',
    'tinyproxy-bin',
    'util-linux',
  ],
};
/** Their services are not for us: the lab runs private ones of its own. */
const services = { 'dovecot-imapd': 'dovecot', nsd: 'nsd' };

const purpose = process.argv[2];
const packages = needed[purpose];
if (!packages) fail(`usage: node scripts/prepare.mjs ${Object.keys(needed).join('|')}`);
installNpmPackages(purpose === 'start' ? 'production' : 'all');
installDebianPackages(packages.filter((name) => !isInstalled(name)));

/** As the lock file says, and again when it changes. Where all packages are, those for production are too. */
function installNpmPackages(scope) {
  const stamp = `${root}node_modules/.lock-sha256`;
  const lock = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  const [installedLock, installedScope] = existsSync(stamp) ? readFileSync(stamp, 'utf8').split(' ') : [];
  if (installedLock === lock && [scope, 'all'].includes(installedScope)) return;
  say('Installing the npm packages');
  const development = scope === 'all' ? '--include=dev' : '--omit=dev';
  const { status, output } = run('npm', [
    'ci',
    development,
    '--no-audit',
    '--no-fund',
    '--loglevel',
    'error',
  ]);
  if (status !== 0) fail(`npm ci failed:\n${output}`);
  writeFileSync(stamp, `${lock} ${scope}`);
}

function installDebianPackages(missing) {
  if (missing.length === 0) return;
  const command = `apt-get install -y ${missing.join(' ')}`;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (asRoot.length > 0 && run('sudo', ['-n', 'true']).status !== 0)
    fail(`These Debian packages are missing: ${missing.join(', ')}.\nInstall them with: sudo ${command}`);
  say(`Installing the Debian packages ${missing.join(', ')}`);
  const apt = (...words) =>
    run(
      ...firstAndRest([
        ...asRoot,
        ...['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'],
        // Another installation may be at it
        ...['-o', 'DPkg::Lock::Timeout=120', ...words],
      ]),
    );
  apt('update');
  const { status, output } = apt('install', '-y', '--no-install-recommends', ...missing);
  if (status !== 0) fail(`${command} failed:\n${output}`);
  for (const name of missing)
    if (services[name] && existsSync('/run/systemd/system'))
      run(...firstAndRest([...asRoot, 'systemctl', 'disable', '--now', services[name]]));
}

function isInstalled(name) {
  const { status, output } = run('dpkg-query', ['--status', name]);
  return status === 0 && output.includes('Status: install ok installed');
}

function run(program, words) {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd: root, encoding: 'utf8' });
  return { status, output: error ? String(error) : `${stdout}${stderr}` };
}

function firstAndRest([first, ...rest]) {
  return [first, rest];
}

function say(text) {
  process.stderr.write(`${text} …\n`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
