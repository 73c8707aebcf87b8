import type { DestinationConfig } from '../../../model/delivery.ts';
import type { Command, Options } from '../../command.ts';
import { fieldsOf } from '../../fields.ts';
import { find } from '../../find.ts';

const options: Options = {
  name: { type: 'text', value: 'NAME', summary: 'What to call it', field: 'name', required: true },
  url: {
    type: 'text',
    value: 'URL',
    summary: 'Where messages are sent, by POST',
    field: 'url',
    required: true,
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
  summary: 'Adds a webhook that messages are delivered to',
  options,
  async run({ api: connect, given, out }) {
    const api = await connect();
    const servers: string[] = [];
    for (const meant of given.texts('server'))
      servers.push((await find(api, 'servers', meant, '--server')).id);
    const destination = await api.request<DestinationConfig & { signingSecret: string }>(
      'POST',
      '/api/destinations',
      { ...fieldsOf(given, options), ...(servers.length > 0 && { servers }) },
    );
    out.show(
      destination,
      ({ name, id, signingSecret }) =>
        `Added the destination ${name} (${id}). Its signing secret, shown this once:\n\n  ${signingSecret}\n`,
    );
    return 0;
  },
};
