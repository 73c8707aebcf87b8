import type { Instant } from './mail-server.ts';

/** Something that needs a person, as long as it does. */
export interface Notice {
  /** What it is about and of what kind: `server.failing srv_…`. The same as long as it is the same matter. */
  key: string;
  severity: 'error' | 'warning';
  title: string;
  detail: string;
  remedy: string;
  /** Console path where it is mended. */
  link: string;
}

/** What administrators are told in one go: what needs them, and what no longer does. */
export interface Notification {
  /** Letterbox id, `ntf_…`. */
  id: string;
  raised: Notice[];
  mended: Notice[];
  createdAt: Instant;
}
