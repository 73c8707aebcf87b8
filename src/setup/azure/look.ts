import type { Change, Here } from './change.ts';
import { changeKinds } from './changes/index.ts';
import type { Directory } from './directory.ts';
import type { Letterbox } from './letterbox.ts';
import { plan } from './plan.ts';
import { type Present, readPresent, readResources } from './present.ts';
import type { Registration } from './registration.ts';
import type { AzureSetup } from './setup.ts';

/** What is looked with; the set-up is read anew each time. */
export interface Looking {
  read(): Promise<AzureSetup>;
  registrationOf(setup: AzureSetup): Registration;
  directory: Directory;
  letterbox: Letterbox;
}

/** What there is, at Microsoft and here, and what is still to be made. */
export interface Seen {
  setup: AzureSetup;
  registration: Registration;
  present: Present;
  planned: Change[];
}

export type Look = () => Promise<Seen>;

/** At the directory. What Microsoft's resources publish does not change meanwhile, and is read once. */
export function atDirectory(looking: Looking): Look {
  let resources: Present['resources'] | undefined;
  return async () => {
    resources ??= await readResources(looking.directory);
    const setup = await looking.read();
    const registration = looking.registrationOf(setup);
    const present = await readPresent(looking.directory, registration, resources);
    const planned = plan({ setup, registration }, present, await here(looking, setup));
    return { setup, registration, present, planned };
  };
}

/** Where the app was made by other hands, and only what is made in Letterbox is left to do. */
export function atLetterbox(looking: Looking, appId: string): Look {
  const application = {
    id: '',
    appId,
    displayName: '',
    redirectUris: [],
    required: [],
    keyNames: [],
    passwords: [],
  };
  const resources = { exchange: null, graph: null };
  const present: Present = { resources, application, principal: null, assignments: [], grants: [] };
  return async () => {
    const setup = await looking.read();
    const registration = looking.registrationOf(setup);
    const around = await here(looking, setup);
    const planned = changeKinds
      .filter((kind) => kind.here)
      .flatMap((kind) => kind.plan({ setup, registration }, present, around));
    return { setup, registration, present, planned };
  };
}

async function here({ letterbox: { profiles, servers } }: Looking, setup: AzureSetup): Promise<Here> {
  return {
    profile: await profiles.find(setup.profileId),
    server: await servers.find(setup.serverId),
    protocols: servers.resource.kind?.kinds.map(({ name }) => name) ?? [],
  };
}
