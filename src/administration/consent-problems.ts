import { Problem, type ProblemFields } from '../model/problem.ts';
import { authorityOf } from '../oauth/authorities/index.ts';
import { explainFailure } from '../oauth/explain.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';

/** Does what asks the authority for something; what goes wrong is thrown as the person must be told it. */
export async function explained<T>(profile: CredentialProfile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw (await explainFailure(error, authorityOf(profile), profile)).problem;
  }
}

export function unknownConsent(): Problem {
  return notAskedFor({
    title: 'Letterbox does not know this sign-in',
    cause: 'The link is from long ago, or was changed on its way.',
    remedy: 'Open the credential profile and press Connect again.',
  });
}

export function consentNotOurs(): Problem {
  return notAskedFor({
    title: 'This browser did not ask for this consent',
    cause: 'Connect was pressed in another browser, or before you last signed in to Letterbox.',
    remedy: 'Open the credential profile and press Connect again, in this browser.',
  });
}

function notAskedFor(words: Pick<ProblemFields, 'title' | 'cause' | 'remedy'>): Problem {
  return new Problem({ code: 'consent.unknown', kind: 'forbidden', ...words });
}

export function consentExpired(): Problem {
  return new Problem({
    code: 'consent.expired',
    kind: 'gone',
    title: 'The sign-in took too long',
    cause: 'A consent must be completed within 15 minutes.',
    remedy: 'Open the credential profile and press Connect again.',
  });
}

export function consentInterrupted(): Problem {
  return new Problem({
    code: 'consent.interrupted',
    kind: 'conflict',
    title: 'The consent was interrupted',
    cause: 'Letterbox was stopped while the code was being redeemed; a code works once only.',
    remedy: 'Open the credential profile and press Connect again.',
  });
}

export function profileChanged({ name }: CredentialProfile, remedy: string): Problem {
  return new Problem({
    code: 'consent.profile-changed',
    kind: 'changed',
    title: 'The credential profile was changed while the person signed in',
    detail: name,
    remedy,
  });
}

/** The profile gets its tokens in another way than was tried. */
export function otherWay({ name, authentication, grant }: CredentialProfile): Problem {
  const way = authentication === 'password' ? 'password' : grant;
  return new Problem({
    code: 'consent.not-needed',
    kind: 'conflict',
    title: 'This profile is not connected in that way',
    detail: `${name} uses ${uses[way]}`,
    remedy: remedies[way],
  });
}

const uses = {
  password: 'a password',
  authorization_code: 'a sign-in in the browser',
  client_credentials: 'client credentials',
  device_code: 'a device code',
};

const remedies = {
  password: 'None is needed: enter the password in the profile.',
  authorization_code: 'Press Connect instead.',
  client_credentials: 'Press Get a token now instead.',
  device_code: 'Press Get a code instead.',
};
