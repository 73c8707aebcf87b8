import { open } from 'node:fs/promises';
import { Problem } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { ReadClientCredentials } from './credential.ts';

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const mostBytes = 64 * 1024;

/**
 * The token of another authority that this one trusts (RFC 7523 2.2; Microsoft: workload identity federation). It
 * is short-lived: whoever runs Letterbox puts a new one into the file, which is read anew at every use.
 */
export const federated: ReadClientCredentials = async (profile) => {
  const assertion = await readToken(profile);
  return {
    newest: {
      authentication(_server, client, body) {
        body.set('client_id', client.client_id);
        body.set('client_assertion_type', jwtBearer);
        body.set('client_assertion', assertion);
      },
    },
    former: null,
  };
};

async function readToken({ federatedTokenFile }: CredentialProfile): Promise<string> {
  const file = federatedTokenFile ?? '';
  try {
    await using opened = await open(file);
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0);
    const token = buffer.toString('utf8', 0, bytesRead).trim();
    // RFC 7515 7.1
    if (bytesRead > mostBytes || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw noToken(file);
    return token;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable(file, error);
  }
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
