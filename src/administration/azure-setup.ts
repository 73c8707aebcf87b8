import { z } from 'zod';
import { Problem } from '../model/problem.ts';
import { isGuid, isTenant, manyTenants } from '../oauth/authorities/microsoft/urls.ts';
import { validate } from '../resources/validation.ts';
import { Administrators } from '../setup/azure/administrators.ts';
import { apply, type Doing, explained, type Told } from '../setup/azure/apply.ts';
import { type Directory, openDirectory } from '../setup/azure/directory.ts';
import { atDirectory, atLetterbox } from '../setup/azure/look.ts';
import { usualPatience } from '../setup/azure/patience.ts';
import { readOrganisation } from '../setup/azure/present.ts';
import { alreadyMade, madeThings, notSignedIn, signInOver, underWay } from '../setup/azure/problems.ts';
import { endpointsOf, registrationOf } from '../setup/azure/registration.ts';
import { Run } from '../setup/azure/run.ts';
import { scripts } from '../setup/azure/scripts/index.ts';
import { type AzureSetup, sealedSecret } from '../setup/azure/setup.ts';
import type { SignedIn } from '../setup/azure/sign-in.ts';
import { needsDirectory, toTake, undo } from '../setup/azure/undo.ts';
import { exchangeAccess } from '../setup/exchange-access.ts';
import type { Administration, AzureSetupWithProgress } from './administration.ts';
import { type AzureSetupParts, letterboxFor } from './azure-letterbox.ts';

/** What a script printed. */
export const enteredInput = z.strictObject({
  clientId: z.string().trim().refine(isGuid, 'the Application (client) ID, a GUID'),
  tenant: z
    .string()
    .trim()
    .refine(
      (text) => isTenant(text) && !manyTenants.includes(text.toLowerCase()),
      'the Directory (tenant) ID, a GUID',
    ),
  clientSecret: z.string().min(1).max(1000).optional(),
});

/** What is printed need not be waited for as long: it may simply be wrong. */
const enteredPatienceMs = 60_000;

/** See `Administration['azureSetups']`. What is under way is in this process; what was made is in the store. */
export class AzureSetups implements Readonly<Administration['azureSetups']> {
  readonly #parts: AzureSetupParts;
  readonly #administrators = new Administrators();
  readonly #runs = new Map<string, Run>();

  constructor(parts: AzureSetupParts) {
    this.#parts = parts;
  }

  get resource() {
    return this.#parts.setups.resource;
  }

  async list(): Promise<AzureSetupWithProgress[]> {
    return (await this.#parts.setups.list()).map((setup) => this.#withProgress(setup));
  }

  async get(id: string): Promise<AzureSetupWithProgress> {
    return this.#withProgress(await this.#parts.setups.get(id));
  }

  async begin(input: unknown): Promise<AzureSetupWithProgress> {
    return this.#withProgress(await this.#parts.setups.create(input));
  }

  async signIn(id: string): Promise<AzureSetupWithProgress> {
    const setup = await this.#parts.setups.get(id);
    this.#assertIdle(id);
    await this.#administrators.begin(setup, (signedIn) => this.#arrived(id, signedIn));
    return this.get(id);
  }

  async signOut(id: string): Promise<void> {
    await this.#parts.setups.get(id);
    this.#assertIdle(id);
    await this.#administrators.drop(id);
  }

  async plan(id: string) {
    const setup = await this.#parts.setups.get(id);
    const signal = AbortSignal.timeout(120_000);
    const doing = this.#doing(setup, signal, this.#directory(setup, signal));
    try {
      const { planned } = await atDirectory(doing)();
      return planned.map(({ kind, title, detail }) => ({ kind, title, detail }));
    } catch (error) {
      throw await this.#ended(id, explained(error, null, setup));
    } finally {
      doing.directory.close();
    }
  }

  async *make(id: string): AsyncGenerator<Told> {
    const setup = await this.#parts.setups.get(id);
    yield* this.#run(setup, 'making', (signal) => {
      const doing = this.#doing(setup, signal, this.#directory(setup, signal));
      return this.#toTheEnd(setup, doing, apply(doing, atDirectory(doing)));
    });
  }

  async *enter(id: string, input: unknown): AsyncGenerator<Told> {
    const { clientId, tenant, clientSecret } = validate(enteredInput, input, { secret: ['clientSecret'] });
    const setup = await this.#parts.setups.get(id);
    if (needsDirectory(setup)) throw alreadyMade();
    const bySecret = setup.clientAuthentication === 'secret';
    if (bySecret && clientSecret === undefined) validate(enteredInput.required(), input);
    yield* this.#run(setup, 'making', (signal) =>
      this.#entered(setup, { clientId, tenant, clientSecret }, signal),
    );
  }

  async stop(id: string): Promise<void> {
    await this.#parts.setups.get(id);
    await this.#runs.get(id)?.stop();
  }

  async *undo(id: string): AsyncGenerator<Told> {
    const setup = await this.#parts.setups.get(id);
    yield* this.#run(setup, 'undoing', (signal) => {
      const directory = needsDirectory(setup) ? this.#directory(setup, signal) : noDirectory;
      const doing = this.#doing(setup, signal, directory);
      return this.#toTheEnd(setup, doing, undo(doing), () => this.#parts.setups.remove(id));
    });
  }

  async undoNeedsSignIn(id: string): Promise<boolean> {
    return needsDirectory(await this.#parts.setups.get(id));
  }

  async scripts(id: string) {
    const setup = await this.#parts.setups.get(id);
    if (setup.clientId !== null) return [];
    const { cloud, tenant, organisation } = setup;
    const context = { cloud, graph: endpointsOf(setup).graph, tenant: organisation?.id ?? tenant };
    const registration = this.#registrationOf(setup);
    return scripts.map(({ write, ...script }) => ({ ...script, text: write(registration, context) }));
  }

  async exchange(id: string) {
    const { grant, name, appId, organisation, uses, mailbox, objectId } = await this.#parts.setups.get(id);
    if (grant !== 'client_credentials' || appId === null) return [];
    const profile = { name, clientId: appId, tenant: organisation?.id ?? null, uses };
    return exchangeAccess(profile, mailbox ?? '<mailbox>', objectId);
  }

  async forget(id: string): Promise<void> {
    const setup = await this.#parts.setups.get(id);
    this.#assertIdle(id);
    if (setup.finishedAt === null && toTake(setup).length > 0) throw madeThings();
    await this.#administrators.drop(id);
    this.#runs.delete(id);
    await this.#parts.setups.remove(id);
  }

  /** Ends whatever is under way, and forgets who has signed in. */
  async close(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.stop()));
    await this.#administrators.stop();
  }

  #withProgress(setup: AzureSetup): AzureSetupWithProgress {
    const { id } = setup;
    const who = this.#administrators.who(id);
    const run = this.#runs.get(id);
    return {
      ...setup,
      signIn: this.#administrators.code(id),
      administrator: who && { account: who.account, tenant: who.tenant, until: who.expiresAt.toISOString() },
      underWay: run && !run.isOver ? run.what : null,
      problem: run?.problem?.toJSON() ?? null,
    };
  }

  #assertIdle(id: string): void {
    const run = this.#runs.get(id);
    if (run && !run.isOver) throw underWay();
  }

  /** Begins it, or follows what is under way already. */
  #run(setup: AzureSetup, what: Run['what'], begin: (signal: AbortSignal) => AsyncIterable<Told>) {
    const present = this.#runs.get(setup.id);
    if (present && !present.isOver) {
      if (present.what !== what) throw underWay();
      return present.all();
    }
    const run = new Run(what, begin);
    this.#runs.set(setup.id, run);
    return run.all();
  }

  /** What is at its end needs nobody's sign-in any more. */
  async *#toTheEnd(
    { id }: AzureSetup,
    { directory }: Doing,
    steps: AsyncIterable<Told>,
    last: () => Promise<void> = async () => {},
  ): AsyncGenerator<Told> {
    try {
      yield* steps;
      await last();
      await this.#administrators.drop(id);
    } catch (error) {
      throw await this.#ended(id, error);
    } finally {
      directory.close();
    }
  }

  /** What failed; whoever is signed in no more is forgotten. */
  async #ended(id: string, error: unknown): Promise<Problem> {
    const problem = Problem.from(error);
    if (problem.code === signInOver.code) await this.#administrators.drop(id);
    return problem;
  }

  /** What was made by other hands is taken as it was printed; the rest is made here. */
  async *#entered(
    setup: AzureSetup,
    { clientId, tenant, clientSecret }: z.infer<typeof enteredInput>,
    signal: AbortSignal,
  ): AsyncGenerator<Told> {
    const usual = this.#doing(setup, signal, noDirectory);
    const patience = { ...usual.patience, most: Math.min(usual.patience.most, enteredPatienceMs) };
    await usual.letterbox.note(
      {
        organisation: { id: tenant, name: null },
        appId: clientId,
        isKnown: false,
        ...(clientSecret && { secret: { keyId: `entered ${new Date().toISOString()}`, expiresOn: null } }),
      },
      clientSecret ? { [sealedSecret]: clientSecret } : {},
    );
    const doing = { ...usual, patience };
    yield* this.#toTheEnd(setup, doing, apply(doing, atLetterbox(doing, clientId)));
  }

  /** Of which organisation they are. */
  async #arrived(id: string, signedIn: SignedIn): Promise<void> {
    const setup = await this.#parts.setups.get(id);
    const directory = openDirectory(endpointsOf(setup).graph, signedIn.token, AbortSignal.timeout(30_000));
    const name = await readOrganisation(directory);
    directory.close();
    await this.#parts.setups.note(id, () => ({ record: { organisation: { id: signedIn.tenant, name } } }));
  }

  /** Throws `azure.not-signed-in`. */
  #directory(setup: AzureSetup, signal: AbortSignal): Directory {
    return openDirectory(endpointsOf(setup).graph, this.#administrators.get(setup.id).token, signal);
  }

  #doing({ id }: AzureSetup, signal: AbortSignal, directory: Directory): Doing {
    return {
      read: () => this.#parts.setups.get(id),
      registrationOf: (setup) => this.#registrationOf(setup),
      directory,
      letterbox: letterboxFor(id, this.#parts),
      patience: this.#parts.patience ?? usualPatience,
      signal,
    };
  }

  #registrationOf(setup: AzureSetup) {
    return registrationOf(setup, this.#parts.publicUrl);
  }
}

/** For what is done in Letterbox alone. */
const nobody = async (): Promise<never> => {
  throw notSignedIn();
};
const noDirectory: Directory = { find: nobody, list: nobody, send: nobody, close() {} };
