import { bindHost, hostProblems } from '../credential-profile/hosts.ts';
import type { CredentialProfile } from '../credential-profile/record.ts';
import { hostOf } from '../credential-profile/resource.ts';
import { fitting } from '../fields/reference.ts';
import type { Change, Json, Resource } from '../resource.ts';
import { outgoingServerFields } from './fields.ts';
import type { OutgoingKind } from './kind.ts';
import { problemsOf } from './problems.ts';
import type { OutgoingServer } from './record.ts';

/** The resource, of the kinds that there are. */
export function outgoingServers(kinds: readonly OutgoingKind[]): Resource {
  const kindOf = (server: Pick<OutgoingServer, 'kind'>) =>
    kinds.find(({ name }) => name === server.kind) as OutgoingKind;
  const several = kinds.filter(({ ports }) => Object.keys(ports).length > 1).map(({ name }) => name);
  return {
    type: 'outgoing-server',
    path: 'outgoing-servers',
    command: 'outgoing',
    idPrefix: 'ogs',
    title: 'outgoing email server',
    noun: 'outgoing server',
    version: 1,
    kind: { field: 'kind', label: 'Kind', placeholder: 'KIND', fallback: 'smtp', kinds, column: 'KIND' },
    fields: {
      ...outgoingServerFields,
      profileId: fitting(outgoingServerFields.profileId, ({ uses }: CredentialProfile) =>
        kinds.some(({ use }) => uses.includes(use.name)),
      ),
      security: { ...outgoingServerFields.security, when: { kind: several } },
    },
    complete: (draft: OutgoingServer, change) => complete(draft, kindOf(draft), change),
    async check(server: OutgoingServer, change) {
      const { others } = change;
      const profile =
        server.profileId === null ? null : await others.find<CredentialProfile>('profile', server.profileId);
      return [
        ...problemsOf(server, kindOf(server), profile),
        ...(profile && server.host !== null ? await hostProblems(server, profile, change) : []),
      ];
    },
    follow: (server: OutgoingServer, { others }) => bindHost(server, others),
    removal: {
      what: 'the outgoing email server',
      consequence:
        'Its mails are deleted here with it, also those not sent yet. It can be deleted once nothing sends through it.',
    },
  };
}

/** Its host, encryption and port where nobody gave them: those of its kind or of the profile's provider. */
async function complete(draft: OutgoingServer, kind: OutgoingKind, change: Change): Promise<Json> {
  const { given } = change;
  const { ports, host: usualHost, use } = kind;
  const former = change.before as (OutgoingServer & Json) | null;
  const before = former?.kind === draft.kind ? former : null;
  const useIn = ({ host, profileId }: OutgoingServer) => ({ host, profileId, use: use.name });
  const host = before ? draft.host : null;
  const [usualSecurity] = Object.keys(ports) as OutgoingServer['security'][];
  const security = given.security ?? (before ? draft.security : null) ?? usualSecurity;
  return {
    host:
      given.host ??
      (host === null ? usualHost : null) ??
      (await hostOf({ ...useIn(draft), host }, before && useIn(before), change)),
    security,
    port:
      given.port ??
      (before?.security === security ? draft.port : null) ??
      ports[security as keyof typeof ports] ??
      Object.values(ports)[0],
  };
}
