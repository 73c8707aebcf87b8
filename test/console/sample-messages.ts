import type { Attachment, Message } from '../../src/model/message.ts';
import { ago } from './sample-time.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAwCAIAAADYYG7QAAAAlklEQVR42u3Z2w2AMAxDUe/DgMzKNPCLeMmoJHGEqw5wfiolt1jFDgyKAS3zxNxwEOkYkSGa8paFNA1pQqaGMSGTwrBQonkwNQElaO5MKNRcmlCrOZu0QSWag8kgHlSo2ZtY0CfDl0EGKYHkXplBBhk0DvL40RHkIZ8Aye1lipurY0PTPqRY0EQbo2KFVezUoiX/j58vG0LZqiOFk+yMAAAAAElFTkSuQmCC',
  'base64',
);

/** What the attachments of the sample messages hold, by message and index. */
export const attachmentBytes = new Map<string, Buffer>();

let made = 0;

function message(changes: Partial<Message>): Message {
  const minutes = 4 + made * 37;
  const id = `msg_${String(made++).padStart(26, '0')}`;
  return {
    headers: [
      {
        name: 'Received',
        value: 'from mx.contoso.example by mail.contoso.example with ESMTPS; Tue, 24 Nov 2026 10:00:00 +0000',
      },
      { name: 'Subject', value: changes.subject ?? '' },
      { name: 'MIME-Version', value: '1.0' },
    ],
    messageId: `${id}@mail.contoso.example`,
    inReplyTo: [],
    references: [],
    date: ago(minutes + 1),
    subject: '',
    from: [{ name: 'Ingrid Solberg', address: 'ingrid@fjord.example' }],
    sender: [],
    replyTo: [],
    to: [{ name: 'Support', address: 'support@contoso.example' }],
    cc: [],
    bcc: [],
    text: 'Hello,\n\nplease see below.\n\nKind regards\n',
    html: null,
    attachments: [],
    defects: [],
    id,
    serverId: 'srv_support',
    mailbox: 'support@contoso.example',
    folder: 'INBOX',
    threadId: `thr_${id}`,
    receivedAt: ago(minutes),
    storedAt: ago(minutes - 1),
    size: 4210 + made * 977,
    sha256: '0'.repeat(64),
    ...changes,
  };
}

function attach(
  to: Message,
  filename: string | null,
  contentType: string,
  bytes: Buffer,
  contentId: string | null = null,
): void {
  const index = to.attachments.length;
  const attachment: Attachment = {
    index,
    part: String(index + 2),
    filename,
    contentType,
    charset: null,
    disposition: contentId ? 'inline' : 'attachment',
    contentId,
    size: bytes.length,
    sha256: '0'.repeat(64),
    encoding: 'base64',
    offset: 0,
    length: bytes.length,
  };
  to.attachments.push(attachment);
  attachmentBytes.set(`${to.id} ${index}`, bytes);
}

const newsletter = message({
  subject: 'Your delivery arrives on Thursday',
  from: [{ name: 'Nordic Parcel', address: 'track@parcel.example' }],
  cc: [{ name: '', address: 'warehouse@contoso.example' }],
  text: 'Your parcel 4711 arrives on Thursday between 9 and 12.',
  html: `<html><body><table width="100%" cellpadding="24" bgcolor="#eef3f8"><tr><td align="center">
    <table width="520" cellpadding="24" bgcolor="#ffffff"><tr><td><img src="cid:logo@parcel" width="64" height="64" alt="Nordic Parcel">
    <h1 style="font-family:Georgia">It is on its way</h1><p style="color:#334">Your parcel <b>4711</b> arrives on <b>Thursday between 9 and 12</b>.</p>
    <p><a href="https://parcel.example/track/4711">Follow your parcel</a></p></td></tr></table></td></tr></table></body></html>`,
});
attach(newsletter, 'logo.png', 'image/png', png, 'logo@parcel');

const invoice = message({
  subject: 'Invoice 2026-1187 for October',
  serverId: 'srv_invoices',
  mailbox: 'invoices@contoso.example',
  from: [{ name: 'Brightwater Accounting', address: 'billing@brightwater.example' }],
  text: 'Dear customer,\n\nplease find attached our invoice 2026-1187 over EUR 1,284.50, payable within 14 days.\n\nBrightwater Accounting',
});
attach(invoice, 'Invoice 2026-1187.pdf', 'application/pdf', Buffer.alloc(182_341, 'invoice '));
attach(
  invoice,
  'Leistungsübersicht Oktober.xlsx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  Buffer.alloc(24_200),
);

/** Everything an attacker may try in one message; `witness` is what would be fetched or done if it worked. */
export const hostile = message({
  subject: '<script>document.title="owned"</script><img src=x onerror=document.title="owned">',
  from: [{ name: '"><script>document.title="owned"</script>', address: '"><b>x</b>@evil.example' }],
  text: '</pre><script>document.title="owned"</script>',
  html: `<base href="https://witness.invalid/"><meta http-equiv="refresh" content="0;url=https://witness.invalid/refresh">
    <link rel="stylesheet" href="https://witness.invalid/style.css"><link rel="preconnect" href="https://witness.invalid">
    <meta http-equiv="x-dns-prefetch-control" content="on"><link rel="prefetch" href="https://witness.invalid/prefetch">
    <style>@import "https://witness.invalid/import.css"; body{background:url(https://witness.invalid/bg.png)} p{color:#a00}</style>
    <p id="styled">Styled, and nothing more</p><img src="https://witness.invalid/pixel.gif" onerror="top.document.title='owned'">
    <script>top.document.title='owned';fetch('https://witness.invalid/script')</script><svg onload="top.document.title='owned'"></svg>
    <iframe src="https://witness.invalid/frame"></iframe><iframe srcdoc="<script>top.document.title='owned'</script>"></iframe>
    <IFRAME/src="https://witness.invalid/slash"></IFRAME>
    <embed src="https://witness.invalid/embed"><object data="https://witness.invalid/object"></object><video src="https://witness.invalid/video" autoplay></video>
    <form action="https://witness.invalid/form"><button id="send">Send</button></form>
    <a id="leave" target="_top" href="https://witness.invalid/link">Click</a>
    <a id="follow" target="_self" href="https://witness.invalid/follow">Click</a><img src="cid:own&amp;image" id="own">`,
  headers: [{ name: 'X-Evil', value: '<script>document.title="owned"</script>' }],
  folder: '<b>folder</b>',
  defects: ['boundary <script>document.title="owned"</script> is missing; read to the end'],
});
attach(
  hostile,
  '"><script>document.title="owned"</script>.html',
  'text/html',
  Buffer.from('<script>document.title="owned"</script>'),
);
attach(hostile, 'own.png', 'image/png', png, 'own&image');
attach(
  hostile,
  '\u202egpj.exe\r\nX: y".txt',
  'image/svg+xml',
  Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
);

export const sampleMessages: Message[] = [
  newsletter,
  message({
    subject: 'Re: Printer on the second floor',
    from: [{ name: 'Tomasz Nowak', address: 'tomasz@contoso.example' }],
  }),
  invoice,
  message({
    subject: 'Order 90211: change of address',
    from: [{ name: 'Amélie Laurent', address: 'amelie@maison.example' }],
  }),
  hostile,
  message({ subject: '', from: [], defects: ['no From field', 'header line 3 has no colon; skipped'] }),
  message({
    subject: 'Ответ: счёт № 42',
    from: [{ name: 'Ольга Смирнова', address: 'olga@primer.example' }],
  }),
  message({
    subject: 'طلب عرض أسعار',
    from: [{ name: 'ليلى', address: 'layla@mithal.example' }],
    text: 'مرحبا،\nنود الحصول على عرض أسعار.',
  }),
  message({
    subject:
      'Minutes of the safety meeting, with the list of everything that has to be done before the audit in December',
    from: [{ name: '', address: 'a.very.long.address.indeed@a-department.of-some.organisation.example' }],
  }),
  message({ subject: 'Password reset', serverId: 'srv_invoices', mailbox: 'invoices@contoso.example' }),
];
