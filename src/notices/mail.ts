import { draftOf } from '../compose/draft.ts';
import type { Notice, Notification } from '../model/notice.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';

import type { Draft } from '../store/outbox.ts';

/** The mail that tells it, one for each address, so that a wrong address keeps nobody else from knowing. */
export async function draftsOf(
  notification: Notification,
  server: OutgoingServer,
  addresses: string[],
): Promise<Draft[]> {
  return Promise.all(
    addresses.map((address) =>
      draftOf(server, {
        to: [{ name: '', address }],
        cc: [],
        bcc: [],
        subject: `Letterbox: ${subjectOf(notification)}`,
        text: textOf(notification),
        html: null,
        answers: null,
        automatic: 'auto-generated',
      }),
    ),
  );
}

function subjectOf({ raised, mended }: Notification): string {
  const [first, ...others] = raised;
  if (first) return others.length === 0 ? first.title : `${raised.length} matters need you`;
  const [only, ...more] = mended;
  return only && more.length === 0 ? `mended: ${only.title}` : `${mended.length} matters are mended`;
}

function textOf({ raised, mended }: Notification): string {
  const parts = [
    ...(raised.length > 0 ? ['This needs you:', ...raised.map(raisedText)] : []),
    ...(mended.length > 0 ? ['This is mended:', mended.map(({ title }) => `- ${title}`).join('\n')] : []),
  ];
  return `${parts.join('\n\n')}\n\nYou are told once, and once more when it is mended.\n`;
}

function raisedText({ title, detail, remedy, link }: Notice): string {
  return [
    `- ${title}`,
    ...(detail ? [`  ${detail}`] : []),
    `  What to do: ${remedy}`,
    `  In the console: ${link}`,
  ].join('\n');
}
