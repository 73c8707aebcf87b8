import type { DestinationConfig } from '../../../resources/destination.ts';
import type { Command, Options } from '../../command.ts';
import { fieldsOf } from '../../fields.ts';
import { find, findByOption } from '../../find.ts';

const options: Options = {
  name: { type: 'text', value: 'NAME', summary: 'What to call it', field: 'name', required: true },
  url: {
    type: 'text',
    value: 'URL',
    summary: 'Where messages are sent, by POST; makes a webhook',
    field: 'url',
  },
  'forward-to': {
    type: 'text',
    value: 'ADDRESS',
    summary: 'Or: the address that the originals are forwarded to, through --outgoing',
    field: 'recipient',
  },
  outgoing: {
    type: 'text',
    value: 'OUTGOING',
    summary: 'With --forward-to: outgoing email server, by name or id',
    field: 'outgoingServerId',
  },
  server: {
    type: 'text',
    value: 'SERVER',
    summary: 'Takes only what comes through this server; by default through all, also later ones',
    field: 'servers',
    multiple: true,
  },
};

export const destinationAdd: Command = {
  name: 'destination add',
  summary: 'Adds a webhook, or an address, that messages are delivered to',
  options,
  async run({ api: connect, given, out }) {
    const api = await connect();
    const servers: string[] = [];
    for (const meant of given.texts('server'))
      servers.push((await find(api, 'servers', meant, '--server')).id);
    const destination = await api.request<DestinationConfig & { signingSecret: string | null }>(
      'POST',
      '/api/destinations',
      {
        ...fieldsOf(given, options),
        ...(servers.length > 0 && { servers }),
        ...(given.flag('forward-to') && { kind: 'forward' }),
        outgoingServerId: await findByOption(api, 'outgoing-servers', given, 'outgoing'),
      },
    );
    out.show(destination, ({ name, id, signingSecret }) => {
      const added = `Added the destination ${name} (${id}).`;
      return signingSecret === null
        ? added
        : `${added} Its signing secret, shown this once:\n\n  ${signingSecret}\n`;
    });
    return 0;
  },
};
