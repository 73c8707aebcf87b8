import { clientSecretVariable } from '../config/environment.ts';
import type { Call } from './command.ts';
import { askSecret, canAsk } from './prompt.ts';
import { readGivenSecret, secretOptions } from './secret.ts';

const clientSecret = { name: 'client-secret', what: 'client secret', field: 'clientSecret' };

export const clientSecretOptions = secretOptions(clientSecret);

export const clientSecretNotes = `The client secret may also come in the variable ${clientSecretVariable}; on a terminal it is asked for.`;

/**
 * The client secret, from the one place that was named; where the app shows one, else the environment, else a person
 * at the terminal; undefined when there is none of these.
 */
export async function readClientSecret(call: Call, isNeeded: boolean): Promise<string | undefined> {
  const given = await readGivenSecret(call, clientSecret);
  if (given !== undefined || !isNeeded) return given;
  const variable = call.environment[clientSecretVariable];
  if (variable !== undefined) return variable;
  return canAsk(call) ? askSecret(call, 'Client secret (its value, not its ID)') : undefined;
}
