import type { Instant } from '../model/mail-server.ts';
import type { Notice, Notification } from '../model/notice.ts';
import type { Draft } from './outbox.ts';

/** A notice that the administrators are, or are still to be, told of. */
export interface RaisedNotice {
  notice: Notice;
  since: Instant;
  toldAt: Instant | null;
}

export interface NoticeStore {
  list(): Promise<RaisedNotice[]>;
  /** Seen for the first time, not told yet. */
  add(notice: Notice, since: Instant): Promise<void>;
  /** Passed before anybody was told. */
  remove(key: string): Promise<void>;
  /**
   * Tells once: what was raised is marked as told, what was mended is forgotten, and the mails and deliveries that
   * say so are made, in one transaction.
   */
  tell(telling: { notification: Notification; drafts: Draft[]; destinationIds: string[] }): Promise<void>;
  notification(id: string): Promise<Notification | null>;
}
