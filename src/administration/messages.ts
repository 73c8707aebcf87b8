import type { DownloadUrls } from '../delivery/download-urls.ts';
import { decodeAttachment } from '../mime/decode.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { findMessage } from './find.ts';

const pageSize = 50;
const largestPage = 500;

export function createMessagesAdministration({
  store,
  downloads,
}: {
  store: Store;
  downloads: DownloadUrls;
}): Administration['messages'] {
  return {
    list: ({ limit = pageSize, ...query }) =>
      store.messages.list({ ...query, limit: Math.min(limit, largestPage) }),
    get: (id) => findMessage(store, id),
    raw: (id) => store.messages.raw(id),
    attachment: (message, attachment) =>
      decodeAttachment(attachment, (offset, length) => store.messages.raw(message.id, offset, length)),
    verifyDownload: downloads.verify,
  };
}
