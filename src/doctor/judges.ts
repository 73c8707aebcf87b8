import type { Examination } from './examination.ts';
import { isForResource, missingRole, missingScope } from './token-needs.ts';

/**
 * What can be said of a cause: it was seen; it cannot be; nobody can tell from outside; or it is so much the less
 * likely by what was seen.
 */
export type Judgement = 'shown' | 'ruled-out' | 'open' | 'unlikely';

/** Judges whether a cause is the one, by what an examination has seen; may look further for it. */
export type Judge = (examination: Examination) => Judgement | Promise<Judgement>;

/** What the token itself says of a want; an opaque one says nothing. */
function byClaims(isMissing: (examination: Examination) => boolean | null): Judge {
  return (examination) => {
    const missing = examination.claims && isMissing(examination);
    return missing === null ? 'open' : missing ? 'shown' : 'ruled-out';
  };
}

const isMicrosoft = ({ subject }: Examination) => subject.profile.provider === 'microsoft';

/** Causes of a person’s consent that an app by itself cannot have. */
function ofPerson(judge: Judge): Judge {
  return (examination) => (examination.isAppOnly ? 'ruled-out' : judge(examination));
}

/** Causes of an app by itself at Microsoft. */
function ofApp(judge: Judge): Judge {
  return (examination) =>
    examination.isAppOnly && isMicrosoft(examination) ? judge(examination) : 'ruled-out';
}

/** Exchange restricts apps in its own roles as well, which no token shows: there a missing role need not be the reason. */
const rolesAreInExchange = ({ subject }: Examination) => ['graph', 'ews'].includes(subject.server.protocol);

/**
 * By the name of the cause, whatever entry it stands in. A cause without a judge is open: a new entry needs none to be
 * told with all its causes.
 */
const judges: Record<string, Judge> = {
  'other-account': ofPerson(({ isOwnAccount, subject }) => {
    if (isOwnAccount === null) return 'open';
    return isOwnAccount || subject.server.shared ? 'ruled-out' : 'shown';
  }),

  'no-full-access': ofPerson(async (examination) => {
    const { isOwnAccount, subject } = examination;
    if (isOwnAccount) return 'ruled-out';
    if (!subject.server.shared) return 'open';
    // The same token opens what is the account’s own: then it is the mailbox that is not opened to it
    return (await examination.ownMailbox()) === 'opens' ? 'shown' : 'open';
  }),

  'no-scope': ofPerson(byClaims((examination) => hasFault(examination, missingScope))),

  'other-resource': byClaims((examination) => {
    const fits = examination.claims && isForResource(examination, examination.claims);
    return fits === null ? null : !fits;
  }),

  'no-role': ofApp((examination) => {
    const judged = byClaims((one) => hasFault(one, missingRole))(examination);
    return judged === 'shown' && rolesAreInExchange(examination) ? 'open' : judged;
  }),

  'service-principal': ofApp(({ subject }) => (subject.working.length > 0 ? 'ruled-out' : 'open')),

  'no-permission': ofApp(() => 'open'),

  restricted: ofApp(() => 'open'),

  // Somebody reads other mailboxes in the same way: it is not off for all
  'switched-off': async (examination) => {
    if (!isMicrosoft(examination)) return 'open';
    const isOther = examination.isAppOnly || examination.isOwnAccount === false;
    return isOther ? 'unlikely' : 'open';
  },

  'no-licence': ({ isOwnAccount, isAppOnly }) => (isAppOnly || isOwnAccount === false ? 'unlikely' : 'open'),

  // It was tried again, some time later
  passing: () => 'ruled-out',
};

function hasFault(
  examination: Examination,
  find: (examination: Examination, claims: NonNullable<Examination['claims']>) => string | null,
): boolean | null {
  if (!isMicrosoft(examination) || !examination.claims) return null;
  return find(examination, examination.claims) !== null;
}

export async function judge(cause: string, examination: Examination): Promise<Judgement> {
  return Object.hasOwn(judges, cause) ? ((await judges[cause]?.(examination)) ?? 'open') : 'open';
}
