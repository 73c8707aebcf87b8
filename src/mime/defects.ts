/** Every defect: a stable word, and how the message was read all the same. They never quote the mail. */
export const explanations = {
  'source-empty': 'the message has no bytes',
  'byte-order-mark': 'a byte order mark before the header was skipped',
  'mbox-line': 'an mbox "From " line before the header was skipped',
  'header-missing': 'no header field was found; everything was read as the body',
  'header-end-missing': 'no empty line ends the header; the body begins at the first line that is no field',
  'header-line-malformed': 'header lines that are no fields were left out',
  'folding-missing': 'a parameter on a line of its own was read with the field before it',
  'header-too-large': 'the header was cut at its limit',
  'header-fields-too-many': 'header fields beyond the limit were left out',
  'header-bytes': '8-bit header bytes that are not UTF-8 were read in the declared charset or windows-1252',
  'carriage-return-lines': 'lines end in carriage returns without line feeds',
  'carriage-return': 'a carriage return without line feed in the header was read as a space',
  'null-bytes': 'NUL bytes were read as U+FFFD',
  'field-repeated': 'a field that may occur once is repeated; the first was taken',
  'date-unreadable': 'the Date field could not be read, or names a day, time or zone that there is not',
  'date-zone-unknown': 'the zone of the Date field is known by no such name; UTC was assumed',
  'addresses-malformed':
    'a quote, bracket, comment or group of an address field is not closed; the addresses were read all the same',
  'addresses-too-many': 'addresses beyond the limit were left out',
  'message-ids-too-many': 'message identifiers beyond the limit were left out',
  'content-type-malformed':
    'the Content-Type could not be read; text/plain was assumed, for a named file application/octet-stream',
  'disposition-unknown': 'an unknown Content-Disposition was read as attachment',
  'encoding-unknown': 'the Content-Transfer-Encoding is unknown; the bytes were left as they are',
  'encoding-of-multipart':
    'a multipart must not be encoded; it was decoded if its parts are found so, else its Content-Transfer-Encoding was ignored',
  'boundary-missing': 'a multipart names no boundary',
  'boundary-guessed':
    'lines that look like a boundary were taken for that of a multipart, which does not occur',
  'boundary-not-found': 'no boundary of a multipart occurs; its body was read as plain text',
  'boundary-closed-early': 'a closing boundary of a multipart that goes on behind it was ignored',
  'preamble-not-empty': 'text before the first boundary of a multipart was left out',
  'epilogue-not-empty': 'text behind the last boundary of a multipart was left out',
  'boundary-not-closed': 'a multipart ends without its closing boundary',
  'parts-too-many': 'parts beyond the limit were left out',
  'nesting-too-deep': 'a multipart nested beyond the limit was kept as an attachment',
  'base64-malformed': 'characters outside the base64 alphabet were skipped',
  'base64-trailing': 'what stands behind the end of base64 data was left out',
  'base64-truncated': 'base64 ends within a group; it was read as far as it goes',
  'quoted-printable-malformed': 'an "=" that encodes nothing was kept as it is',
  'charset-unknown':
    'the charset is unknown; ASCII was assumed if it may be, UTF-8 if valid, else windows-1252',
  'charset-wrong':
    'the bytes are not of the declared charset; they were read as UTF-8 if valid, else windows-1252',
  'smime-signed-data': 'the message is in the attachment, signed (S/MIME): it was not opened',
  'smime-enveloped-data': 'the message is in the attachment, encrypted (S/MIME)',
  'smime-compressed-data': 'the message is in the attachment, compressed (S/MIME): it was not opened',
  'smime-certs-only': 'the attachment has certificates and no message (S/MIME)',
  'smime-unknown': 'the message is in an S/MIME attachment of a kind that is not known',
  'openpgp-encrypted': 'the message is in an attachment, encrypted (OpenPGP)',
  'text-too-long': 'text beyond the limit was left out',
  'text-from-html-cut': 'the text that was made of the html has only its beginning',
} as const;

export type DefectCode = keyof typeof explanations;
export type Report = (code: DefectCode) => void;

/** So many parts are named for a defect; the others would not tell a person more. */
const mostParts = 10;

export interface Defects {
  /** Notes a defect of the message, or of a part when its number is given. */
  add(code: DefectCode, part?: string): void;
  /** One entry a defect, in the order they are explained above. */
  list(): string[];
}

export function createDefects(): Defects {
  const found = new Map<DefectCode, Set<string>>();
  return {
    add(code, part) {
      const parts = found.get(code) ?? new Set();
      found.set(code, parts);
      if (part) parts.add(part);
    },
    list: () =>
      (Object.keys(explanations) as DefectCode[]).flatMap((code) => {
        const parts = found.get(code);
        return parts ? `${describeDefect(code)}${nameParts([...parts])}` : [];
      }),
  };
}

/** How a defect is told, but for the parts that have it. */
export function describeDefect(code: DefectCode): string {
  return `${code}: ${explanations[code]}`;
}

function nameParts(parts: string[]): string {
  if (parts.length === 0) return '';
  const named = parts.slice(0, mostParts).join(', ');
  return ` (${parts.length === 1 ? 'part' : 'parts'} ${named}${parts.length > mostParts ? ' and others' : ''})`;
}
