import type { Administration } from '../../../administration/administration.ts';
import { webhookFields } from '../../../destinations/webhook/fields.ts';
import { endpointsFrom } from '../../../oauth/authorities/microsoft/pasted.ts';
import { profileFields } from '../../../resources/credential-profile/fields.ts';
import { destinationFields } from '../../../resources/destination.ts';
import type { Fields } from '../../../resources/field.ts';
import type { Guide } from '../../../resources/guide.ts';
import { incomingServerFields } from '../../../resources/incoming-server/fields.ts';
import type { Resource } from '../../../resources/resource.ts';
import type { Values } from '../../resources/values.ts';

/** What a step asks for, and what it makes. */
export interface GuideForm {
  resource: Resource;
  fields: Fields;
  submit: string;
  /** Makes it; answers which step comes next, and what is shown this once. */
  make(guide: Guide, values: Values): Promise<{ next: string; secret?: { id: string; value: string } }>;
}

/** The few things that each step needs; all else has its usual value, and can be changed afterwards. */
export function guideForms(administration: Administration): Record<string, GuideForm> {
  return {
    credentials: credentialsForm(administration),
    mailbox: mailboxForm(administration),
    destination: destinationForm(administration),
  };
}

function credentialsForm({ profiles, guide: kept }: Administration): GuideForm {
  const { clientId, tenant, clientSecret, clientSecretExpiresOn } = profileFields;
  return {
    resource: profiles.resource,
    fields: { clientId, tenant: { ...tenant, help: tenantHelp }, clientSecret, clientSecretExpiresOn },
    submit: 'Save and check',
    async make(guide, values) {
      const { id } = await profiles.create({
        name: guide.name,
        provider: guide.provider,
        grant: guide.grant,
        uses: [guide.protocol],
        clientId: values.clientId ?? '',
        clientSecret: values.clientSecret ?? '',
        clientSecretExpiresOn: values.clientSecretExpiresOn || null,
        ...endpointsFrom(values.tenant ?? ''),
      });
      await kept.made(guide.id, { profileId: id });
      return { next: 'permissions' };
    },
  };
}

const tenantHelp = 'Directory (tenant) ID, a domain of the organisation, or any of the URLs under Endpoints.';

function mailboxForm({ servers, guide: kept }: Administration): GuideForm {
  const { folders, startFrom, host, port } = incomingServerFields;
  return {
    resource: servers.resource,
    fields: { folders, startFrom, host, port },
    submit: 'Add and start',
    async make(guide, values) {
      const given = values.startFrom === 'date' ? values['startFrom.other'] : values.startFrom;
      const { id } = await servers.create({
        name: guide.name,
        address: guide.address,
        protocol: guide.protocol,
        shared: guide.shared,
        profileId: guide.profileId,
        host: host.read(values.host ?? '') ?? undefined,
        port: port.read(values.port ?? '') ?? undefined,
        folders: folders.read(values.folders ?? ''),
        startFrom: startFrom.read(given ?? ''),
      });
      await kept.made(guide.id, { serverId: id });
      return { next: guide.grant === 'client_credentials' ? 'exchange' : 'destination' };
    },
  };
}

function destinationForm({ destinations }: Administration): GuideForm {
  return {
    resource: destinations.resource,
    fields: { name: destinationFields.name, url: webhookFields.url },
    submit: 'Add webhook',
    async make(_guide, values) {
      const { id, signingSecret } = await destinations.create({
        name: values.name ?? '',
        kind: 'webhook',
        url: values.url ?? '',
      });
      return { next: 'first-mail', ...(signingSecret !== null && { secret: { id, value: signingSecret } }) };
    },
  };
}
