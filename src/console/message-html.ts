import type { Attachment, Message } from '../model/message.ts';

/** What images put in place may add to a page, in characters; more would make it too heavy. */
const maxInlined = 12 * 1024 * 1024;

/** Image types that may stand in the page; in an `img` none of them can run anything. */
const imageTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp', 'image/avif']);

const reference = /\bcid:([^"'\s<>()]+)/gi;

/**
 * Tags that make a browser open a connection before the content security policy stops the request (Chromium
 * does for frames, `link` for `preconnect`, `meta` for DNS prefetching), each with one that does nothing in
 * its place. A parser sees a start tag only where its name stands like this (HTML Living Standard 13.2.5.6).
 */
const connecting = /<(iframe|fencedframe|object|frame|embed|link|meta|base)(?=[\t\n\f\r />])/gi;
const withContent = /^(iframe|fencedframe|object)$/i;

/**
 * What makes a link of an element, also of one of SVG (`xlink:href`) or MathML: without it there is none. The sandbox keeps
 * a click from opening a window, but not a middle, Ctrl- or Shift-click, which is the browser's own doing.
 */
const linking = /href(?=[\t\n\f\r ]*=)/gi;
/** Elements of SVG that set attributes of others by themselves, as time goes on. */
const animating = /<(animate\w*|set)(?=[\t\n\f\r />])/gi;
/** Forms; of two attributes of a name the first counts, and the sandbox lets nothing open a window. */
const leaving = /<(form)(?=[\t\n\f\r />])/gi;

/** A style for messages that bring none; the sender's own comes after it. */
const basicStyle =
  '<style>body{margin:16px;font:15px/1.5 system-ui,sans-serif;color:#1d1f24;background:#fff;' +
  'overflow-wrap:anywhere}img{max-width:100%}</style>';

/**
 * The message's HTML, with images that it refers to by `cid:` (RFC 2392) put in their place as `data:`, links
 * that lead nowhere, and nothing that would tell its sender by a mere connection that it is being read. It is
 * not cleaned otherwise: whoever serves it forbids scripts and remote content (CSP).
 */
export async function renderMessageHtml(
  { html, attachments }: Pick<Message, 'html' | 'attachments'>,
  open: (attachment: Attachment) => AsyncIterable<Uint8Array>,
): Promise<string> {
  if (html === null) return '';
  const wanted = new Set(Array.from(html.matchAll(reference), ([, id = '']) => contentId(id)));
  const images = new Map<string, string>();
  let room = maxInlined;
  for (const attachment of attachments) {
    const { contentId: id, contentType, size } = attachment;
    if (id === null || !wanted.has(id) || !imageTypes.has(contentType) || size * 1.4 > room) continue;
    const image = `data:${contentType};base64,${await readBase64(open(attachment))}`;
    images.set(id, image);
    room -= image.length;
  }

  // The same image may be referred to often, so what is put in is counted once more.
  room = maxInlined;
  const shown = disarm(html).replace(reference, (original, id) => {
    const image = images.get(contentId(id));
    if (image === undefined || image.length > room) return original;
    room -= image.length;
    return image;
  });
  return basicStyle + shown;
}

function disarm(html: string): string {
  return html
    .replace(connecting, (_, tag) => (withContent.test(tag) ? '<span' : '<wbr'))
    .replace(animating, '<wbr')
    .replace(linking, 'data-link')
    .replace(leaving, '<$1 target="_blank"');
}

async function readBase64(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('base64');
}

/** A content id as it stands in an attribute: percent-encoded (RFC 2392 2), `&` possibly as an entity. */
function contentId(text: string): string {
  const plain = text.replaceAll('&amp;', '&');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
