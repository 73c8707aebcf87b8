import { open, realpath } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import type { ServerMetadata } from 'openid-client';
import { Problem } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { ReadClientCredentials } from './credential.ts';

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const mostBytes = 64 * 1024;

/**
 * The token of another authority that this one trusts (RFC 7523 2.2; Microsoft: workload identity federation). It
 * is short-lived: whoever runs Letterbox puts a new one into the file, which is read anew at every use. Which files are read
 * and where they are sent is up to the configuration only.
 */
export const federated: ReadClientCredentials = async (profile, { federation }) => {
  const assertion = await readToken(profile, federation.tokenFolders);
  return {
    newest: {
      authentication(server, client, body) {
        assertTrusted(server, federation.hosts);
        body.set('client_id', client.client_id);
        body.set('client_assertion_type', jwtBearer);
        body.set('client_assertion', assertion);
      },
    },
    former: null,
  };
};

/** Throws `oauth.no-token-file`, which does not tell what there is outside of the folders. */
async function readToken({ federatedTokenFile }: CredentialProfile, folders: string[]): Promise<string> {
  const file = federatedTokenFile ?? '';
  const path = await within(file, folders);
  if (path === null) throw notAllowed(file);
  const token = await readStart(path).catch((error) => {
    throw unreadable(file, error);
  });
  // RFC 7515 7.1
  if (token.length > mostBytes || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw noToken(file);
  return token;
}

async function readStart(path: string): Promise<string> {
  await using opened = await open(path);
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0);
  return buffer.toString('utf8', 0, bytesRead).trim();
}

/** Where a file really lies, if that is within one of the folders; null if not, also where it is not there. */
async function within(file: string, folders: string[]): Promise<string | null> {
  if (!isAbsolute(file)) return null;
  const path = await realpath(file).catch(() => null);
  if (path === null) return null;
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => folder);
    if (path.startsWith(real.endsWith(sep) ? real : real + sep)) return path;
  }
  return null;
}

/** A token that another authority gave for one place opens it for whoever is sent it. Throws `oauth.federated-host`. */
function assertTrusted(server: ServerMetadata, hosts: string[]): void {
  for (const url of [server.token_endpoint, server.device_authorization_endpoint]) {
    if (url === undefined || hosts.includes(new URL(url).host)) continue;
    throw new Problem({
      code: 'oauth.federated-host',
      kind: 'conflict',
      title: 'The other authority’s token may not be sent to this authority',
      detail: new URL(url).host,
      cause: 'Such tokens go to the authorities that the configuration names, and to no other.',
      remedy:
        'Check the URLs of the profile; if the authority is meant, add it to federation.hosts of the configuration.',
    });
  }
}

function notAllowed(file: string): Problem {
  return new Problem({
    code: 'oauth.no-token-file',
    kind: 'machine',
    title: 'There is no token file of that name in the folders for token files',
    detail: file,
    remedy:
      'Check the path in the credential profile; if it is right, add its folder to federation.tokenFolders of the configuration.',
    retry: 'later',
  });
}

function unreadable(file: string, error: unknown): Problem {
  return new Problem(
    {
      code: 'oauth.federated-token',
      kind: 'machine',
      title: 'The file with the other authority’s token cannot be read',
      detail: `${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
      remedy: 'Check the path in the credential profile, and that Letterbox may read the file.',
      retry: 'later',
    },
    error,
  );
}

function noToken(file: string): Problem {
  return new Problem({
    code: 'oauth.no-federated-token',
    kind: 'machine',
    title: 'The file holds no token of another authority',
    detail: file,
    cause: 'A token is a JWT: three parts with dots between them.',
    remedy:
      'Check the path in the credential profile; the file is written by the platform Letterbox runs on.',
    retry: 'later',
  });
}
