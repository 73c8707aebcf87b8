import type { Page } from '../../../store/page.ts';
import type { MessageSummary } from '../../../store/store.ts';
import type { Command, Options } from '../../command.ts';
import { findByOption, namesById } from '../../find.ts';
import { instant, table } from '../../output.ts';
import { listPath, pageText, pagingOptions } from '../../paging.ts';

const options: Options = {
  server: { type: 'text', value: 'SERVER', summary: 'Only what came through this server', field: 'serverId' },
  search: { type: 'text', value: 'TEXT', summary: 'Only where this is found', field: 'search' },
  ...pagingOptions,
};

export const messagesList: Command = {
  name: 'messages list',
  summary: 'Lists messages, newest first',
  options,
  async run(call) {
    const { given, out } = call;
    const path = listPath('/api/messages', given, {
      serverId: await findByOption(call, 'server', 'server'),
      search: given.text('search'),
    });
    const api = await call.api();
    const page = await api.request<Page<MessageSummary>>('GET', path);
    const serverName = await namesById(call, 'server');
    out.show(page, () =>
      pageText(
        page,
        table(
          ['RECEIVED', 'SERVER', 'FROM', 'SUBJECT', 'ID'],
          page.items.map((message) => [
            instant(message.receivedAt),
            serverName(message.serverId),
            message.from,
            message.subject,
            message.id,
          ]),
          'There are no such messages.',
        ),
      ),
    );
    return 0;
  },
};
