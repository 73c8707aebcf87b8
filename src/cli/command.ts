import type { Config } from '../config/config.ts';
import type { Environment } from '../config/environment.ts';
import type { Resource } from '../resources/resource.ts';
import type { Api } from './connect.ts';
import type { Output } from './output.ts';
import type { OpenedApi } from './transport.ts';

/** What the command line needs of the world; the composition root gives it. */
export interface CliDeps {
  /** Opens Letterbox in this process, for a command while no server runs. */
  open(config: Config): Promise<OpenedApi>;
  /** Runs the server until it is stopped. */
  serve(config: Config): Promise<RunningServer>;
  /** What an administrator sets up; most commands are made from it. */
  resources: readonly Resource[];
  environment: Environment;
  /** The working folder. */
  folder: string;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

export interface RunningServer {
  url: string;
  /** To be used at the first sign-in; null once a password is set. */
  setUpToken: string | null;
  stop(): Promise<void>;
}

export interface Option {
  type: 'text' | 'flag';
  /** May be given more than once. */
  multiple?: true;
  /** What stands for the value in the help: `FILE`. */
  value?: string;
  summary: string;
  /** The field of the API that it fills, under whose name the API speaks of it. */
  field?: string;
  required?: true;
}

export type Options = Record<string, Option>;

/** What comes after the command's name and is no option. */
export interface Operand {
  /** As in the help: `PROFILE`. */
  name: string;
  multiple?: true;
  optional?: true;
}

export interface Command {
  /** As it is typed: `profile add`. */
  name: string;
  summary: string;
  operand?: Operand;
  options: Options;
  /** More to say in the help. */
  notes?: string;
  /** Resolves to the exit code; throws the Problem to show. */
  run(call: Call): Promise<number>;
}

/** What was typed, checked against the command's operand and options. */
export interface Given {
  operands: string[];
  text(option: string): string | undefined;
  texts(option: string): string[];
  flag(option: string): boolean;
}

/** One run of a command. */
export interface Call extends CliDeps {
  command: Command;
  given: Given;
  config: Config;
  out: Output;
  /** The running server's API, or this process's own; connected at the first use. */
  api(): Promise<Api>;
}
