import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Kinds that belong to what a person consented to, and go when it is revoked. */
const consented = ['Grant', 'RefreshToken', 'AccessToken', 'AuthorizationCode'];

export interface LabStorage {
  adapter: (kind: string) => Adapter;
  /** Adds or changes a client. */
  setClient(id: string, metadata: AdapterPayload): void;
  /** What is stored of a code or token, as it is; changes are kept. */
  find(kind: string, id: string): AdapterPayload | null;
  /** All that is stored of a kind; changes are kept. */
  all(kind: string): AdapterPayload[];
  /** Forgets every consent, as when an administrator revokes sessions. */
  revoke(): void;
}

/**
 * Where the provider keeps its things: in memory, one authority each. A used refresh token stays good, as
 * Entra's do for a while, so that a client whose answer was lost can ask again; unless `strictRotation`.
 */
export function createStorage(faults: { strictRotation: boolean }): LabStorage {
  const kinds = new Map<string, Map<string, AdapterPayload>>();
  const of = (kind: string) => {
    const known = kinds.get(kind) ?? new Map<string, AdapterPayload>();
    kinds.set(kind, known);
    return known;
  };
  const findBy = (kind: string, key: 'uid' | 'userCode', value: string) =>
    [...of(kind).values()].find((payload) => payload[key] === value);

  return {
    adapter: (kind) => ({
      async upsert(id, payload) {
        of(kind).set(id, payload);
      },
      async find(id) {
        return of(kind).get(id);
      },
      async findByUid(uid) {
        return findBy(kind, 'uid', uid);
      },
      async findByUserCode(code) {
        return findBy(kind, 'userCode', code);
      },
      async consume(id) {
        if (kind === 'RefreshToken' && !faults.strictRotation) return;
        const payload = of(kind).get(id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        of(kind).delete(id);
      },
      async revokeByGrantId(grantId) {
        for (const [id, payload] of of(kind)) if (payload.grantId === grantId) of(kind).delete(id);
      },
    }),
    setClient: (id, metadata) => void of('Client').set(id, metadata),
    find: (kind, id) => of(kind).get(id) ?? null,
    all: (kind) => [...of(kind).values()],
    revoke() {
      for (const kind of consented) of(kind).clear();
    },
  };
}
