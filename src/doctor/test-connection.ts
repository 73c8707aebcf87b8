import type { TokenSource } from '../model/token.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { MailSource } from '../sources/source.ts';
import { type Check, type CheckResult, type Examination, runStep } from './check.ts';
import { connectionCheck } from './checks/connection.ts';
import { encryptionCheck } from './checks/encryption.ts';
import { folderCheck } from './checks/folder.ts';
import { nameCheck } from './checks/name.ts';
import { signInCheck } from './checks/sign-in.ts';
import { tokenCheck } from './checks/token.ts';

/** From the network up to the mail: each check builds on those before it. */
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
  for (const { name, title, run } of checks) {
    const result = await runStep(name, title, () => run(examination));
    yield result;
    if (!result.passed) return;
  }
}
