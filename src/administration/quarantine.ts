import type { Supervisor } from '../intake/supervisor.ts';
import { createMessageParser } from '../mime/parser.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { findQuarantined } from './find.ts';

export function createQuarantineAdministration({
  store,
  supervisor,
  replay,
}: {
  store: Store;
  supervisor: Supervisor;
  replay: Administration['deliveries']['replay'];
}): Administration['quarantine'] {
  const find = (id: string) => findQuarantined(store, id);

  /** A message whose bytes are here, kept unparsed: parsed anew, and delivered again as it is understood now. */
  async function parseAgain(messageId: string): Promise<void> {
    const parser = createMessageParser();
    for await (const chunk of store.messages.raw(messageId)) parser.write(chunk);
    await store.messages.setUnderstood(messageId, parser.end());
    const { items } = await store.deliveries.list({ messageId, limit: 1000 });
    await replay({ ids: items.map((delivery) => delivery.id) });
  }

  return {
    list: () => store.quarantine.list(),
    async process(id) {
      const entry = await find(id);
      if (entry.messageId !== null) await parseAgain(entry.messageId);
      else await supervisor.takeAgain(entry);
      // What was taken but could not be parsed is in quarantine still, now with its bytes.
      const after = await store.quarantine.get(id);
      if (after?.messageId === entry.messageId) await store.quarantine.remove(id);
    },
    async dismiss(id) {
      await find(id);
      await store.quarantine.dismiss(id);
    },
  };
}
