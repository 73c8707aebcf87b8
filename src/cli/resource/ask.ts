import { isShown } from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, kindOf, type Resource } from '../../resources/resource.ts';
import type { Call } from '../command.ts';
import { askSecret, canAsk } from '../prompt.ts';
import { inputOf } from './input.ts';
import { inSentence } from './summary.ts';
import type { Typed } from './typed.ts';

/** Secrets that a new record has a use for and that were not given: from the environment, or from a person at the terminal. */
export async function askSecrets(call: Call, resource: Resource, typed: Typed): Promise<void> {
  const input = inputOf(resource, typed, null);
  const fields = fieldsOf(resource, kindOf(resource, input));
  for (const [name, { role, fromFile, variable, label, help }] of Object.entries(fields)) {
    if (role !== 'secret' || fromFile !== undefined || typed.has(name)) continue;
    if (!isShown(fields, name, (path) => valueAsText(fields, input, path))) continue;
    const found = variable === undefined ? undefined : call.environment[variable];
    const secret = found ?? (canAsk(call) ? await askSecret(call, question(label, help)) : undefined);
    if (secret !== undefined) typed.set(name, secret);
  }
}

/** With the first sentence of its help: `Client secret (the Value, not the Secret ID)`. */
function question(label: string, help: string | undefined): string {
  const [first] = help?.split(/\.(?: |$)/) ?? [];
  return first ? `${label} (${inSentence(first)})` : label;
}
