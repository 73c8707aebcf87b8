import type { DeliveryJson } from '../../../model/delivery.ts';
import type { Page } from '../../../store/page.ts';
import type { Command, Options } from '../../command.ts';
import { findByOption, namesById } from '../../find.ts';
import { instant, table } from '../../output.ts';
import { listPath, pageText, pagingOptions } from '../../paging.ts';

const options: Options = {
  state: { type: 'text', value: 'STATE', summary: 'pending, delivered or dead', field: 'state' },
  destination: {
    type: 'text',
    value: 'DESTINATION',
    summary: 'Only to this destination',
    field: 'destinationId',
  },
  message: { type: 'text', value: 'MESSAGE', summary: 'Only of this message', field: 'messageId' },
  ...pagingOptions,
};

export const deliveriesList: Command = {
  name: 'deliveries list',
  summary: 'Lists deliveries, newest first',
  options,
  async run(call) {
    const { given, out } = call;
    const path = listPath('/api/deliveries', given, {
      state: given.text('state'),
      destinationId: await findByOption(call, 'destination', 'destination'),
      messageId: given.text('message'),
    });
    const api = await call.api();
    const page = await api.request<Page<DeliveryJson>>('GET', path);
    const names = {
      destination: await namesById(call, 'destination'),
      'outgoing-server': await namesById(call, 'outgoing-server'),
    };
    out.show(page, () =>
      pageText(
        page,
        table(
          ['STATE', 'DESTINATION', 'ATTEMPTS', 'NEXT OR LAST', 'PROBLEM', 'MESSAGE', 'ID'],
          page.items.map((delivery) => [
            delivery.state,
            names[delivery.targetKind](delivery.destinationId),
            delivery.attempts,
            instant(delivery.state === 'pending' ? delivery.nextAttemptAt : delivery.lastAttemptAt),
            delivery.problem?.title ?? null,
            delivery.messageId,
            delivery.id,
          ]),
          'There are no such deliveries.',
        ),
      ),
    );
    return 0;
  },
};
