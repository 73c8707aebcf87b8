import { noneIfItPasses, Problem, type ProblemFields } from '../../model/problem.ts';
import { explainNetwork } from '../../network/explain.ts';
import { isPassing, Malformed, Refusal } from '../../network/graph.ts';
import { connectionLost, silent } from '../../network/problems.ts';
import { quote, saying } from '../../network/wording.ts';
import { peerAt } from './directory.ts';
import { NotYet } from './patience.ts';

/** What goes wrong while an app is set up in Azure, in the words that a person reads. */

const byScript =
  'or let an administrator run the script of this set-up, where they are signed in already (Azure CLI, PowerShell or Terraform)';

/** Whatever was thrown. `doing`: the change that was to be made; `role`: what it takes in the directory. */
export function explainDirectory(
  error: unknown,
  { graph, doing, role }: { graph: string; doing: string; role: string | null },
): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NotYet) return error.problem ?? notVisible(doing);
  if (error instanceof Refusal) return explainRefusal(error, doing, role);
  const peer = peerAt(graph);
  if (error instanceof Malformed) return misunderstood(error.message, error);
  if ((error as { name?: unknown } | null)?.name === 'TimeoutError') return silent(peer, error);
  const network = explainNetwork(error, peer);
  if (network) return network;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z]+$/.test(code)
    ? connectionLost(peer, code, error)
    : Problem.from(error);
}

function explainRefusal(refusal: Refusal, doing: string, role: string | null): Problem {
  const { status, message } = refusal;
  const problem = (fields: Omit<ProblemFields, 'detail'>) =>
    new Problem({ ...fields, detail: `${doing}${saying(message)}` }, refusal);
  if (status === 401) return problem(signInOver);
  if (refusal.is('CredentialTypeNotAllowedAsPerAppMgmtPolicy', 'CredentialInvalidLifetimeAsPerAppMgmtPolicy'))
    return problem(credentialForbidden);
  if (status === 403) return problem(roleMissing(role));
  if (refusal.isThrottling || isPassing(refusal)) return problem(unavailable);
  return refusal.codes.length === 0 ? misunderstood(`status ${status}`, refusal) : problem(refused);
}

export const signInOver: Omit<ProblemFields, 'detail'> = {
  code: 'azure.sign-in-over',
  kind: 'conflict',
  title: 'The administrator’s sign-in is over',
  cause: 'It lasts an hour at most and is kept nowhere; or Microsoft has ended it.',
  remedy: 'Sign in at Microsoft again. What was made so far stays, and it goes on from there.',
};

function roleMissing(role: string | null): Omit<ProblemFields, 'detail'> {
  return {
    code: 'azure.role-missing',
    kind: 'denied',
    title: 'The account that signed in may not do this in the organisation',
    cause: `It takes the role ${role ?? 'Application Administrator'} in Microsoft Entra; or the permission that was asked for at the sign-in was not consented to.`,
    remedy: `Sign in again as somebody with that role (Microsoft Entra admin center > Roles & admins), ${byScript}.`,
  };
}

const credentialForbidden: Omit<ProblemFields, 'detail'> = {
  code: 'azure.credential-forbidden',
  kind: 'refused',
  title: 'The organisation does not allow such a credential for apps',
  cause: 'An app management policy forbids client secrets, or those that last so long.',
  remedy: 'Undo this set-up, and begin one that uses a certificate.',
};

const unavailable: Omit<ProblemFields, 'detail'> = {
  code: 'azure.unavailable',
  kind: 'unavailable',
  title: 'Microsoft’s directory cannot answer just now',
  cause: 'The service is overloaded or disturbed.',
  remedy: `${noneIfItPasses} If it does not, press Make it again later: it goes on from where it stopped.`,
  retry: 'later',
};

const refused: Omit<ProblemFields, 'detail'> = {
  code: 'azure.refused',
  kind: 'refused',
  title: 'Microsoft’s directory refuses a change',
  remedy: `Follow what it says; then press Make it again, ${byScript}.`,
};

function misunderstood(what: string, origin: unknown): Problem {
  return new Problem(
    {
      code: 'azure.protocol',
      kind: 'protocol',
      title: 'What answers is not Microsoft Graph',
      detail: quote(what),
      cause: 'Something between here and there answers in its place, such as a proxy or a sign-in page.',
      remedy: 'Check that proxies let graph.microsoft.com pass; with another cloud, its Graph URL.',
    },
    origin,
  );
}

function notVisible(doing: string): Problem {
  return new Problem({
    code: 'azure.not-visible',
    kind: 'unavailable',
    title: 'What was made is not known everywhere at Microsoft yet',
    detail: doing,
    cause: 'It takes some minutes at times; or somebody has deleted it in Azure meanwhile.',
    remedy: 'Wait some minutes and press Make it again: it goes on from there, and makes nothing twice.',
    retry: 'later',
  });
}

/** Consent to application permissions does not show in tokens. */
export function rolesMissing(missing: string[]): Problem {
  return new Problem({
    code: 'azure.roles-missing',
    kind: 'unavailable',
    title: 'The app’s tokens lack permissions',
    detail: missing.join(', '),
    cause: 'It takes some minutes at times until admin consent is known everywhere; or it was not given.',
    remedy:
      'Wait some minutes and press Make it again. In Azure, the app’s page API permissions tells whether admin consent was granted.',
    retry: 'later',
  });
}

export function resourceMissing(title: string): Problem {
  return new Problem({
    code: 'azure.resource-missing',
    kind: 'refused',
    title: `The organisation has no ${title}`,
    cause: 'No subscription of it has a licence with Exchange Online, or its service principal was deleted.',
    remedy:
      'Check the licences in the Microsoft 365 admin center, or sign in to the organisation that has the mailboxes.',
  });
}

export function permissionMissing(value: string, title: string): Problem {
  return new Problem({
    code: 'azure.permission-missing',
    kind: 'refused',
    title: 'The organisation’s cloud has no such permission',
    detail: `${value} of ${title}`,
    cause: 'Not every cloud of Microsoft’s has every permission, and some go with what they were for.',
    remedy: 'Undo this set-up, and begin one for another protocol.',
  });
}

export function appUnknown(clientId: string): Problem {
  return new Problem({
    code: 'azure.app-unknown',
    kind: 'refused',
    title: 'The organisation has no app registration with this client ID',
    detail: clientId,
    cause: 'The ID is another app’s, or the app is registered in another organisation.',
    remedy:
      'Compare it with Application (client) ID on the app’s Overview page in Azure; or begin a set-up without it, which registers a new app.',
  });
}

export function appDeleted(displayName: string): Problem {
  return new Problem({
    code: 'azure.app-deleted',
    kind: 'gone',
    title: 'The app registration of this set-up was deleted in Azure',
    detail: displayName,
    cause: 'It can be restored for 30 days; until then nothing else may have its name.',
    remedy:
      'Restore it in Azure (App registrations > Deleted applications) and press Make it again; or undo this set-up and begin a new one.',
  });
}

export function notSignedIn(): Problem {
  return new Problem({
    code: 'azure.not-signed-in',
    kind: 'conflict',
    title: 'Nobody has signed in at Microsoft for this set-up',
    cause: 'The sign-in lasts an hour at most, and ends when Letterbox is started anew.',
    remedy: 'Sign in at Microsoft; what was made so far stays.',
  });
}

export function underWay(): Problem {
  return new Problem({
    code: 'azure.under-way',
    kind: 'busy',
    title: 'This set-up is being made or undone just now',
    remedy: 'Wait for its end, or stop it.',
    retry: 'later',
  });
}

export function stopped(): Problem {
  return new Problem({
    code: 'azure.stopped',
    kind: 'cancelled',
    title: 'The set-up was stopped',
    cause: 'Somebody pressed Stop, or Letterbox was ended.',
    remedy: 'None is needed: what was made so far stays. Make it goes on from there, Undo takes it away.',
  });
}

/** The way out of a sign-in that the organisation does not allow. */
export function orByScript(problem: Problem): Problem {
  return problem.with({ remedy: `${problem.remedy.replace(/\.$/, '')}; ${byScript}.` });
}

/** Whatever it made stays and nobody would know of it. */
export function madeThings(): Problem {
  return new Problem({
    code: 'azure.made-things',
    kind: 'conflict',
    title: 'This set-up has made something, which would stay unknown',
    remedy: 'Undo it; or keep what it made by finishing it first.',
  });
}

/** What it made is needed by what others have set up. */
export function profileInUse(users: string[]): Problem {
  return new Problem({
    code: 'azure.profile-in-use',
    kind: 'conflict',
    title: 'The credential profile of this set-up is used by others',
    detail: users.join(', '),
    remedy: 'Give them another credential profile, or remove them; then undo. Nothing was changed.',
  });
}

/** There is one way for each app. */
export function alreadyMade(): Problem {
  return new Problem({
    code: 'azure.already-made',
    kind: 'conflict',
    title: 'Letterbox itself has made the app of this set-up',
    remedy: 'Press Make it to go on; or undo it, and run the script of a new set-up.',
  });
}
