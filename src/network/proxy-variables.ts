import type { Log } from '../telemetry/log.ts';

/** In the environment of many a machine, for other programs. */
const variable = /^(https?|all)_proxy$/i;

/**
 * Tells where the environment names a proxy and the configuration does not. It is not taken from there: nobody has said
 * whether it is for mail as well, and which hosts are excepted. Values may hold a password and are not told.
 */
export function warnOfProxyVariables(environment: Record<string, string | undefined>, log: Log): void {
  const variables = Object.keys(environment).filter((name) => variable.test(name) && environment[name]);
  if (variables.length > 0)
    log.warn(
      {
        variables,
        remedy:
          'if connections are to go through a proxy, set network.proxy.url (LETTERBOX_NETWORK_PROXY_URL)',
      },
      'the environment names a proxy and the configuration does not: every connection is made directly',
    );
}
