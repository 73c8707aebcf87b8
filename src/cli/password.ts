import type { Call } from './command.ts';
import { askSecret, canAsk } from './prompt.ts';
import { readGivenSecret, secretOptions } from './secret.ts';

const password = { name: 'password', what: 'password', field: 'password' };

export const passwordOptions = secretOptions(password);

/** The password, from the one place that was named; where one is needed, else from a person at the terminal. */
export async function readPassword(call: Call, isNeeded: boolean): Promise<string | undefined> {
  const given = await readGivenSecret(call, password);
  if (given !== undefined || !isNeeded) return given;
  return canAsk(call) ? askSecret(call, 'Password') : undefined;
}
