import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceSignIn } from '../administration/administration.ts';
import { Problem } from '../model/problem.ts';
import type { Api } from './connect.ts';
import { instant, type Output } from './output.ts';

const lookEveryMs = 500;

/**
 * Prints a code and where to enter it (RFC 8628), and waits until that is done. Throws the Problem when it was refused
 * or ran out, and `consent.superseded` when another code was asked for meanwhile.
 */
export async function connectByCode(api: Api, profileId: string, out: Output): Promise<void> {
  const path = `/api/profiles/${profileId}/device-code`;
  const begun = await api.request<DeviceSignIn>('POST', path, {});
  const { verificationUri, userCode, expiresAt } = begun;
  out.show(
    { verificationUri, userCode, expiresAt },
    () =>
      `Open this address on any device and enter the code, before ${instant(expiresAt)}:\n\n  ${verificationUri}\n  ${userCode}\n`,
  );
  for (;;) {
    const present = await api.request<DeviceSignIn | null>('GET', path);
    if (present?.userCode !== userCode) throw superseded();
    if (present.outcome?.kind === 'connected') return;
    if (present.outcome?.kind === 'refused') throw Problem.fromJSON(present.outcome.problem);
    await sleep(lookEveryMs);
  }
}

function superseded(): Problem {
  return new Problem({
    code: 'consent.superseded',
    kind: 'gone',
    title: 'The code is of no use any more',
    cause: 'It was given up, another was asked for, or Letterbox was started anew.',
    remedy: 'Run the command again for a new code.',
    retry: 'later',
  });
}
