import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';
import { arrivalCheck } from './arrival.ts';
import { authorityCheck } from './authority.ts';
import { clockCheck } from './clock.ts';
import { connectionCheck } from './connection.ts';
import { destinationsCheck } from './destinations.ts';
import { encryptionCheck } from './encryption.ts';
import { foldersCheck } from './folders.ts';
import { nameCheck } from './name.ts';
import { readingCheck } from './reading.ts';
import { restrictionCheck } from './restriction.ts';
import { signInCheck } from './sign-in.ts';
import { tokenCheck } from './token.ts';
import { tokenContentsCheck } from './token-contents.ts';

/** Every check of an incoming email server, from the cable to what takes its mail; one line each. */
export const serverChecks: readonly Check<Examination>[] = [
  nameCheck,
  connectionCheck,
  encryptionCheck,
  authorityCheck,
  clockCheck,
  tokenCheck,
  tokenContentsCheck,
  signInCheck,
  foldersCheck,
  readingCheck,
  arrivalCheck,
  restrictionCheck,
  destinationsCheck,
];
