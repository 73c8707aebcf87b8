import { html } from 'hono/html';
import type { NotificationSettings } from '../../resources/notification-settings.ts';
import type { ResourceView } from '../resources/view.ts';

/** Who is told when something needs a person. */
export const notificationsView: ResourceView<NotificationSettings> = {
  picture: 'bell',
  lead: 'Who is told when something needs a person: once, with what to do, and once more when it is mended.',
  form: {
    after: html`<p class="note">Told are mailboxes that cannot be read for longer than one poll, credential profiles that fail or must be
      connected again, secrets that expire, dead letters, and messages in quarantine.</p>`,
  },
};
