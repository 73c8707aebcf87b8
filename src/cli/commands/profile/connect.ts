import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../model/problem.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import type { ConsentOutcome } from '../../../store/store.ts';
import type { Command } from '../../command.ts';
import type { Api } from '../../connect.ts';
import { connectByCode } from '../../device-code.ts';
import { find } from '../../find.ts';
import type { Output } from '../../output.ts';

const lookEveryMs = 500;
const patienceMinutes = 20;

interface Connecting {
  profile: CredentialProfile;
  url: string | null;
  asked: string;
}

export const profileConnect: Command = {
  name: 'profile connect',
  summary: 'Connects a credential profile: gets its grant, with a person’s consent where one is needed',
  operand: { name: 'PROFILE' },
  options: {},
  notes:
    'Where a person must consent, this prints the address to open in a browser and waits; the server must be running.\nFor device codes it prints the code too, and no server need be running.\nWith --json there are two lines: { "url" } or { "verificationUri", "userCode", "expiresAt" } and, in the end, { "profile" }.',
  async run(call) {
    const { given, out } = call;
    const [meant = ''] = given.operands;
    const { id, authentication, grant } = await find<CredentialProfile>(call, 'profile', meant);
    const api = await call.api();
    if (authentication === 'oauth2' && grant === 'device_code') await connectByCode(api, id, out);
    else await connectByBrowser(api, id, out);
    const profile = await api.request<CredentialProfile>('GET', `/api/profiles/${id}`);
    out.show(
      { profile },
      () => `${profile.name} is connected${profile.account ? ` as ${profile.account.username}` : ''}.`,
    );
    return 0;
  },
};

async function connectByBrowser(api: Api, id: string, out: Output): Promise<void> {
  const connecting = await api.request<Connecting>('POST', `/api/profiles/${id}/connect`, {});
  if (connecting.url === null) return;
  if (!api.running) throw notRunning();
  out.show({ url: connecting.url }, ({ url }) => `Open this address in a browser and consent:\n\n  ${url}\n`);
  await consentGiven(api, id, connecting.asked);
}

/** Waits for the end of a consent that was begun since `asked`; throws the Problem when it was refused. */
async function consentGiven(api: Api, id: string, asked: string): Promise<void> {
  const end = Date.now() + patienceMinutes * 60_000;
  while (Date.now() < end) {
    const latest = await api.request<{ createdAt: string; outcome: ConsentOutcome | null } | null>(
      'GET',
      `/api/profiles/${id}/consent`,
    );
    const outcome = latest && latest.createdAt >= asked ? latest.outcome : null;
    if (outcome?.kind === 'refused') throw Problem.fromJSON(outcome.problem);
    if (outcome?.kind === 'connected') return;
    await sleep(lookEveryMs);
  }
  throw new Problem({
    code: 'consent.not-given',
    kind: 'consent',
    title: `Nobody has consented within ${patienceMinutes} minutes`,
    remedy: 'Run the command again, or open the profile in the console and press Connect.',
    retry: 'later',
  });
}

function notRunning(): Problem {
  return new Problem({
    code: 'server.not-running',
    kind: 'conflict',
    title: 'Letterbox must be running while a person consents',
    cause: 'The authority sends the browser back to it.',
    remedy: 'Start it with letterbox serve, then run this command again.',
  });
}
