import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { type FieldProblem, invalidInput } from '../model/problem.ts';
import { type HostList, hostList } from './host-list.ts';

/** An HTTP proxy that connections go through by CONNECT (RFC 9110 9.3.6). */
export interface OutgoingProxy {
  /** `http:` or `https:`, a host, and perhaps a port; nothing else. */
  url: URL;
  signIn: { username: string; password: string } | null;
  /** It alone resolves the names of destinations, and keeps them out of private networks. */
  resolvesDestinations: boolean;
}

type Settings = Config['network']['proxy'];

/** This machine (RFC 6761 6.3), and what is linked to it (RFC 3927, RFC 4291 2.5.6), such as Azure's token endpoint. */
const near: HostList = hostList([
  ...['localhost', '*.localhost', '127.0.0.0/8', '0.0.0.0', '169.254.0.0/16'],
  ...['::1', '::', 'fe80::/10'],
]);

/** Of this process, as whose certificates are trusted is. */
let inUse: { proxy: OutgoingProxy; except: HostList } | null = null;

/** Lets what is connected to from now on be connected to through this proxy. Throws `input.invalid` for settings that contradict. */
export function useProxy(settings: Settings): void {
  const signIn = signInOf(settings);
  const { url, except, destinationsResolvedBy } = settings;
  inUse =
    url === undefined
      ? null
      : {
          proxy: { url: new URL(url), signIn, resolvesDestinations: destinationsResolvedBy === 'proxy' },
          except: hostList(except),
        };
}

/** The proxy that a host, by name or address, is connected to through; null for one that is connected to directly. */
export function proxyTo(host: string): OutgoingProxy | null {
  return inUse === null || near(host) || inUse.except(host) ? null : inUse.proxy;
}

function signInOf({ url, username, password, passwordFile }: Settings): OutgoingProxy['signIn'] {
  const hasPassword = password !== undefined || passwordFile !== undefined;
  const wrong: FieldProblem[] = [];
  const expect = (setting: keyof Settings, expected: string) =>
    wrong.push({ field: `network.proxy.${setting}`, expected });
  if (url === undefined && (username !== undefined || hasPassword))
    expect('url', 'the URL of the proxy, as a sign-in to it is set');
  if (username === undefined && hasPassword) expect('username', 'a user name, as a password is set');
  if (username !== undefined && !hasPassword)
    expect('password', 'the password of the user name; or network.proxy.passwordFile');
  if (password !== undefined && passwordFile !== undefined)
    expect('passwordFile', 'nothing, as network.proxy.password is set');
  const read = passwordFile === undefined ? null : readPassword(passwordFile);
  if (read && typeof read !== 'string') wrong.push(read);
  if (wrong.length > 0) throw invalidInput(wrong);
  const known = password ?? read;
  return username !== undefined && typeof known === 'string' ? { username, password: known } : null;
}

/** What is in the file, without the end of its line. */
function readPassword(file: string): string | FieldProblem {
  const field = 'network.proxy.passwordFile';
  try {
    const password = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    // RFC 7617 2
    return /^[^\p{Cc}]+$/u.test(password)
      ? password
      : { field, expected: 'a file of one line, the password' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { field, expected: 'a file that can be read', given: `${file} (${code})` };
  }
}
