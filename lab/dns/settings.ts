export interface Zone {
  name: string;
  file: string;
}

/** What a private, unprivileged NSD needs to be told; see nsd.conf(5). */
export function nsdConf({
  folder,
  port,
  zones,
  logFile,
}: {
  folder: string;
  port: number;
  zones: readonly Zone[];
  logFile: string;
}): string {
  return `
server:
  ip-address: 127.0.0.1
  port: ${port}
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd.state"
  zonelistfile: "${folder}/zone.list"
  logfile: "${logFile}"
  server-count: 1
remote-control:
  control-enable: no
${zones.map(({ name, file }) => `zone:\n  name: "${name}"\n  zonefile: "${file}"\n`).join('')}`;
}

/** A root zone of its own. Nothing is kept by whoever asks. */
export function zoneFile(records: readonly string[]): string {
  return [
    '$TTL 0',
    '. IN SOA ns.lab. admin.lab. 1 3600 600 86400 0',
    '. IN NS ns.lab.',
    'ns.lab. IN A 127.0.0.1',
    ...records,
    '',
  ].join('\n');
}
