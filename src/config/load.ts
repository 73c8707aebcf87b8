import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { invalidInput } from '../model/problem.ts';
import { type Config, configSchema } from './config.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { fileVariable } from './variables.ts';
import { wrongSettings } from './wrong-settings.ts';
import { readYamlFile } from './yaml-file.ts';

const defaultFile = 'letterbox.yaml';

/**
 * The configuration: defaults, over them one YAML file, over it the environment. The file is the one
 * `--config` names (`file`), else `LETTERBOX_CONFIG`, else `letterbox.yaml` in `folder` if it is there.
 * Throws one `input.invalid` with every key that is wrong or unknown, in whichever place, each with what was
 * expected, what was given unless it is a secret, and where.
 */
export function loadConfig({
  file,
  environment,
  folder,
}: {
  file?: string | undefined;
  environment: Environment;
  folder: string;
}): Config {
  const written = readFile(file, environment, folder);
  const sources = [...written, readEnvironment(environment)];
  const wrong = sources.flatMap((source) => [...source.wrong, ...wrongSettings(source)]);
  if (wrong.length > 0) throw invalidInput(wrong);
  return configSchema.parse(sources.map(({ values }) => values).reduce(overlay));
}

function readFile(file: string | undefined, environment: Environment, folder: string) {
  if (file !== undefined) return [readYamlFile(folder, file, '--config')];
  const named = environment[fileVariable];
  if (named !== undefined) return [readYamlFile(folder, named, fileVariable)];
  return existsSync(join(folder, defaultFile)) ? [readYamlFile(folder, defaultFile, defaultFile)] : [];
}

/** `over` where it says something, else `under`; lists are replaced, not joined. */
function overlay(under: unknown, over: unknown): unknown {
  if (!isSection(under) || !isSection(over)) return over;
  const entries = Object.entries(over).map(([key, value]) => [key, overlay(under[key], value)]);
  return { ...under, ...Object.fromEntries(entries) };
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
