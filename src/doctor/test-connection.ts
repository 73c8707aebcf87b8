import type { MailServer } from '../model/mail-server.ts';
import { Problem } from '../model/problem.ts';
import type { TokenSource } from '../model/token.ts';
import type { MailSource } from '../sources/source.ts';
import type { Check, CheckResult, Examination } from './check.ts';
import { connectionCheck } from './checks/connection.ts';
import { encryptionCheck } from './checks/encryption.ts';
import { folderCheck } from './checks/folder.ts';
import { nameCheck } from './checks/name.ts';
import { signInCheck } from './checks/sign-in.ts';
import { tokenCheck } from './checks/token.ts';

/** From the network up to the mail: each check rests on those before it. */
const checks: Check[] = [nameCheck, connectionCheck, encryptionCheck, tokenCheck, signInCheck, folderCheck];

/**
 * *Test connection*: one step after the other, each told as it ends; nothing comes after the first that
 * fails, whose problem says what to do. Never throws.
 */
export async function* testConnection(subject: {
  server: MailServer;
  source: MailSource;
  tokens: TokenSource;
}): AsyncGenerator<CheckResult> {
  const examination: Examination = { ...subject };
  for (const check of checks) {
    const result = await runCheck(check, examination);
    yield result;
    if (!result.passed) return;
  }
}

async function runCheck({ name, title, run }: Check, examination: Examination): Promise<CheckResult> {
  try {
    return { check: name, title, passed: true, detail: await run(examination), problem: null };
  } catch (error) {
    const problem = Problem.from(error);
    return { check: name, title, passed: false, detail: problem.message, problem };
  }
}
