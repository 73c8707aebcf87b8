import { didYouMean, nearest } from './near-miss.ts';
import { type Setting, settings } from './settings.ts';
import type { ConfigSource } from './source.ts';
import { clientSecretVariable, fileVariable } from './variables.ts';

export type Environment = Record<string, string | undefined>;

const byVariable = new Map(settings.map((setting) => [setting.variable, setting]));
const known = [...byVariable.keys(), fileVariable, clientSecretVariable];

/** What Kubernetes puts into every container for a Service called "letterbox"; nobody's mistake. */
const kubernetesLink = /^LETTERBOX_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/**
 * Settings in environment variables: numbers in decimal, `true` and `false`, `null` where that is a value, lists separated
 * by commas. Variables that begin with `LETTERBOX_` and are no setting are wrong.
 */
export function readEnvironment(environment: Environment): ConfigSource {
  const source: ConfigSource = {
    values: {},
    where: (path) => `environment variable ${variableAt(path)}`,
    wrong: [],
  };
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || !/^letterbox_/i.test(variable)) continue;
    const setting = byVariable.get(variable);
    if (setting) put(source.values as Values, setting.path, readValue(setting, text));
    else if (!known.includes(variable) && !kubernetesLink.test(variable))
      source.wrong.push({
        field: variable,
        expected: `a variable that is known${didYouMean(nearest(variable, known))}`,
        where: 'environment',
      });
  }
  return source;
}

function variableAt(path: readonly PropertyKey[]): string | undefined {
  const name = path.filter((key) => typeof key === 'string').join('.');
  return settings.find((setting) => setting.name === name)?.variable;
}

/** As YAML would read it; what does not fit stays text, for validation to refuse. */
function readValue({ schema }: Setting, text: string): unknown {
  if (schema.items)
    return text
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean);
  const kinds = [schema, ...(schema.anyOf ?? [])].map(({ type }) => type);
  if (kinds.includes('null') && text === 'null') return null;
  if (kinds.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  const numeric = kinds.includes('number') || kinds.includes('integer');
  return numeric && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

type Values = { [key: string]: unknown };

function put(values: Values, [key = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    values[key] = value;
    return;
  }
  values[key] ??= {};
  put(values[key] as Values, rest, value);
}
