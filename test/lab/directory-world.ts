import type { TestContext } from 'node:test';
import { createBrowser } from '../../lab/browser.ts';
import { commandLineTools, startDirectory } from '../../lab/directory/index.ts';
import { startAuthorityWorld } from './authority-world.ts';

export const administrator = 'admin@contoso.example';

/** The lab's authority with the directory that its apps come from. */
export async function startDirectoryWorld(t: TestContext) {
  const world = await startAuthorityWorld(t);
  world.authority.faults.deviceIntervalSeconds = 0.02;
  const directory = await startDirectory(world);
  world.after(directory.stop);
  const { authority } = world;

  const post = async (url: string, form: Record<string, string>) => {
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    return (await response.json()) as Record<string, string>;
  };

  return {
    ...world,
    directory,
    /** A token of the administrator for Graph, by device code with Microsoft's own client. */
    async tokenFor(scope: string, account = administrator): Promise<string> {
      const client = { client_id: commandLineTools };
      const given = await post(authority.deviceAuthorizationUrl, { ...client, scope });
      await createBrowser().enterCode(given.verification_uri ?? '', given.user_code ?? '', account);
      const { access_token = '' } = await post(authority.tokenUrl, {
        ...client,
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: given.device_code ?? '',
      });
      return access_token;
    },
    /** What the authority says to an app by itself. */
    appToken: (clientId: string, secret: string, scope = 'https://graph.microsoft.com/.default') =>
      post(authority.tokenUrl, {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        scope,
      }),
  };
}
