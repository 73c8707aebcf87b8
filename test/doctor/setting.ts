import type { CheckResult } from '../../src/doctor/check.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import type { Subject } from '../../src/doctor/examination.ts';
import { examine } from '../../src/doctor/examine.ts';
import { entryOf } from '../../src/knowledge.ts';
import type { TokenSource } from '../../src/model/token.ts';
import { profileFields } from '../../src/resources/credential-profile/fields.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { fallbacksOf } from '../resources/fallbacks.ts';

export function credentialProfile(fields: Partial<CredentialProfile> = {}): CredentialProfile {
  const now = new Date().toISOString();
  return {
    ...fallbacksOf(profileFields),
    id: 'prf_test',
    name: 'Contoso',
    provider: 'microsoft',
    clientId: '00000000-0000-4000-8000-00000000c11e',
    clientCertificate: null,
    state: 'connected',
    account: null,
    problem: null,
    connectedAt: now,
    adminConsent: null,
    hosts: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...fields,
  };
}

/** What the doctor is told of a server that has no authority, no destination and no neighbour, unless it is said. */
export function subjectOf(
  server: MailServer,
  source: MailSource,
  tokens: Pick<TokenSource, 'accessToken'>,
  others: Partial<Subject> = {},
): Subject {
  return {
    server,
    profile: credentialProfile(),
    source,
    open: () => source,
    freshToken: (signal) => tokens.accessToken(signal),
    tokenUrl: null,
    working: [],
    proof: null,
    destinations: [{ name: 'Tickets', trouble: null, reach: async () => 'it answers' }],
    ...others,
  };
}

/** A JWT that says this of itself; nobody has signed it. */
export function jwt(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}

/** The results of all checks, and what they come to. */
export async function examined(subject: Subject): Promise<{ results: CheckResult[]; diagnosis: Diagnosis }> {
  const results: CheckResult[] = [];
  let diagnosis: Diagnosis | null = null;
  for await (const told of examine(subject, entryOf)) {
    if ('diagnosis' in told) diagnosis = told.diagnosis;
    else results.push(told);
  }
  if (!diagnosis) throw new Error('there was no diagnosis');
  return { results, diagnosis };
}

/** The checks that were made, those that failed with the code of their problem, and those that rest on them not at all. */
export function outcome(results: CheckResult[]): string[] {
  return results
    .filter((result) => result.outcome !== 'not-judged')
    .map(({ check, outcome: how, problem }) => (how === 'failed' ? `${check}: ${problem?.code}` : check));
}

export function detailOf(results: CheckResult[], check: string): string {
  return results.find((result) => result.check === check)?.detail ?? '';
}
