import { Problem, type ProblemJson } from '../../model/problem.ts';
import { notSignedIn } from './problems.ts';
import type { AzureSetup } from './setup.ts';
import { beginSignIn, type SignedIn } from './sign-in.ts';

/** A code to be entered at an address, and what became of it. */
export interface CodeSignIn {
  userCode: string;
  verificationUri: string;
  createdAt: string;
  expiresAt: string;
  /** Null while nobody has answered. */
  outcome: { kind: 'connected' } | { kind: 'refused'; problem: ProblemJson } | null;
}

interface Known {
  code: CodeSignIn;
  stop: AbortController;
  ended: Promise<void>;
  signedIn: SignedIn | null;
  timer: NodeJS.Timeout | null;
}

/**
 * Who has signed in at Microsoft for which set-up. Tokens are in this process's memory and nowhere else: until the set-up
 * is at its end, for an hour at most.
 */
export class Administrators {
  readonly #known = new Map<string, Known>();

  /**
   * Gets a code; what was known before is forgotten. `arrived` sees who has signed in before anything is done with it, and
   * throws a Problem where that will not do. Throws the Problem where no code can be had.
   */
  async begin(setup: AzureSetup, arrived: (signedIn: SignedIn) => Promise<void>): Promise<void> {
    const { given, answered } = await beginSignIn(setup);
    await this.drop(setup.id);
    const now = Date.now();
    const stop = new AbortController();
    const known: Known = {
      code: {
        userCode: given.user_code,
        verificationUri: given.verification_uri,
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + given.expires_in * 1000).toISOString(),
        outcome: null,
      },
      stop,
      ended: Promise.resolve(),
      signedIn: null,
      timer: null,
    };
    known.ended = this.#follow(setup.id, known, answered(stop.signal), arrived);
    this.#known.set(setup.id, known);
  }

  /** The code, while it matters. */
  code(id: string): CodeSignIn | null {
    const code = this.#known.get(id)?.code;
    return code ? { ...code } : null;
  }

  /** Without the token. */
  who(id: string): Omit<SignedIn, 'token'> | null {
    const { token: _, ...who } = this.#known.get(id)?.signedIn ?? { token: '' };
    return 'account' in who ? who : null;
  }

  /** Throws `azure.not-signed-in`. */
  get(id: string): SignedIn {
    const signedIn = this.#known.get(id)?.signedIn;
    if (!signedIn) throw notSignedIn();
    return signedIn;
  }

  async drop(id: string): Promise<void> {
    const known = this.#known.get(id);
    this.#known.delete(id);
    if (known?.timer) clearTimeout(known.timer);
    known?.stop.abort();
    await known?.ended;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#known.keys()].map((id) => this.drop(id)));
  }

  /** Until the person has answered or the code has expired; never throws. */
  async #follow(
    id: string,
    known: Known,
    answered: Promise<SignedIn>,
    arrived: (signedIn: SignedIn) => Promise<void>,
  ): Promise<void> {
    try {
      const signedIn = await answered;
      await arrived(signedIn);
      known.stop.signal.throwIfAborted();
      known.signedIn = signedIn;
      known.timer = setTimeout(() => this.drop(id), signedIn.expiresAt.getTime() - Date.now()).unref();
      known.code.outcome = { kind: 'connected' };
    } catch (error) {
      known.code.outcome = { kind: 'refused', problem: Problem.from(error).toJSON() };
    }
  }
}
