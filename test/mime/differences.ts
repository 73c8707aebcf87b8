import type { ReadingField } from './readings.ts';

export type Peer = 'mailparser' | 'postal-mime';

/** One kind of difference between our reading and a peer's, and all mails of the corpus that show it. */
export interface Difference {
  right: 'letterbox' | 'nobody';
  /** By which rule. */
  rule: string;
  why: string;
  /** Mails in which both peers differ from us, and in which fields. */
  both?: Readonly<Record<string, readonly ReadingField[]>>;
  /** Mails in which only that peer does. */
  only?: Partial<Record<Peer, Readonly<Record<string, readonly ReadingField[]>>>>;
}

/** Every difference between Letterbox and its peers on the corpus. */
export const differences: Readonly<Record<string, Difference>> = {
  'header-in-declared-charset': {
    right: 'letterbox',
    rule: 'RFC 6532 3.2',
    why: 'Bytes above 127 in a header are UTF-8. These are not; old mailers wrote them in the charset that Content-Type names, and so they make sense. The peers replace them.',
    both: {
      'mail/error_emails/invalid_subject_characters.eml': ['subject'],
      'stalwart/legacy/020.eml': ['subject', 'to'],
      'stalwart/legacy/052.eml': ['subject', 'to'],
    },
  },
  'bytes-in-encoded-word': {
    right: 'letterbox',
    rule: 'RFC 2047 2',
    why: 'An encoded word names its charset, so its bytes are in it, also those that should have been written =XX. The peers replace them before they look.',
    both: { 'stalwart/legacy/009.eml': ['subject', 'to'], 'stalwart/legacy/050.eml': ['subject', 'to'] },
  },
  'not-as-declared': {
    right: 'letterbox',
    rule: 'RFC 2045 5.2',
    why: 'Text that is said or assumed to be US-ASCII or UTF-8 and is not: valid UTF-8 is read as that, other bytes as windows-1252, which mailers that do not know their charset write. The peers make U+FFFD or two characters of one.',
    both: {
      'mime4j/mimetools-testmsgs/infinite.msg': ['text'],
      'stalwart/legacy/033.eml': ['text'],
      'stalwart/legacy/052.eml': ['text'],
    },
    only: {
      'postal-mime': {
        'mail/error_emails/content_transfer_encoding_plain.eml': ['text'],
        'mail/plain_emails/raw_email10.eml': ['text'],
        'mail/plain_emails/raw_email6.eml': ['text'],
      },
    },
  },
  'japanese-not-as-declared': {
    right: 'letterbox',
    rule: 'RFC 1468',
    why: 'ISO-2022-JP has seven bits; this text is EUC-JP or UTF-8 under its name. It is read as what it is.',
    both: {
      'sisimai/lhost-ezweb-02.eml': ['text'],
      'sisimai/lhost-ezweb-03.eml': ['text'],
      'sisimai/lhost-ezweb-04.eml': ['text'],
      'sisimai/lhost-ezweb-05.eml': ['text'],
    },
    only: { 'postal-mime': { 'sisimai/lhost-kddi-01.eml': ['text'] } },
  },
  'byte-in-seven-bit-charset': {
    right: 'nobody',
    rule: 'RFC 1468',
    why: 'One byte of the file name is not of the charset declared for it. It is shown as U+FFFD, mailparser leaves it out.',
    only: { mailparser: { 'mail/attachment_emails/attachment_with_encoded_name.eml': ['attachments'] } },
  },
  'garbage-in-base64': {
    right: 'nobody',
    rule: 'RFC 2045 6.8',
    why: 'The part is not base64 at all; what it decodes to has no right reading. What plainly is text we leave as it is.',
    both: { 'stalwart/rfc/000.eml': ['attachments'], 'stalwart/thirdparty/002.eml': ['text'] },
  },
  'null-byte': {
    right: 'letterbox',
    rule: 'RFC 5322 4.1',
    why: 'NUL is not text, and many databases refuse it. It is shown as U+FFFD.',
    both: { 'sisimai/lhost-office365-01.eml': ['text'] },
  },
  'unknown-disposition': {
    right: 'letterbox',
    rule: 'RFC 2183 2.8',
    why: 'A disposition that is not known is treated as attachment.',
    only: {
      'postal-mime': {
        'mail/error_emails/multiple_invalid_content_dispositions.eml': ['attachments', 'html'],
      },
    },
  },
  'all-authors': {
    right: 'letterbox',
    rule: 'RFC 5322 3.6.2',
    why: 'From may name several authors. postal-mime gives the first.',
    only: { 'postal-mime': { 'mail/plain_emails/raw_email_with_at_display_name.eml': ['from'] } },
  },
  'no-recipients': {
    right: 'letterbox',
    rule: 'RFC 5322 3.4',
    why: 'A group without members, and with it a comment, names nobody; nor does one that a server put into brackets. The peers make recipients of them, without an address that is one.',
    both: {
      'mail/error_emails/missing_body.eml': ['to'],
      'mimekit/delivery-status.anonymized.eml': ['to'],
    },
  },
  'rendition-of-text': {
    right: 'letterbox',
    rule: 'RFC 2046 5.1.3',
    why: 'postal-mime writes html for each text part, and text for each html part, that has no alternative. Ours are the parts as they were sent.',
    only: {
      'postal-mime': {
        'mailparser/mixed.eml': ['html'],
        'mime4j/mimetools-testmsgs/double-bound.msg': ['html', 'text'],
        'stalwart/malformed/000.eml': ['html'],
        'stalwart/malformed/008.eml': ['html', 'text'],
        'stalwart/rfc/007.eml': ['html'],
      },
    },
  },
  'boundary-of-text': {
    right: 'letterbox',
    rule: 'RFC 2046 5.1.1',
    why: 'The mail is called text/html, yet names a boundary, and consists of parts. postal-mime shows the delimiters and the header of the part in the html.',
    only: { 'postal-mime': { 'mailparser/spam.eml': ['html'] } },
  },
  'header-without-end': {
    right: 'letterbox',
    rule: 'RFC 5322 2.1, 2.2',
    why: 'The empty line behind the header is missing, or has a space and so continues the header. A line that is no field cannot belong to a header: the body begins there. The peers drop the lines up to the next empty one.',
    both: {
      'mime4j/mimetools-testmsgs/hdr-fakeout.msg': ['text'],
      'mime4j/testmsgs/basic-plain-with-bad-header-separator.msg': ['text'],
      'mime4j/testmsgs/malformedHeader-noheader.msg': ['text'],
      'mime4j/testmsgs/malformedHeaderStartsBody-nocrlfcrlf.msg': ['text'],
      'mime4j/testmsgs/malformedHeaderStartsBody-noheader.msg': ['text'],
    },
  },
  'parameter-not-folded': {
    right: 'letterbox',
    rule: 'RFC 5322 2.2.3',
    why: 'The line with the boundary is not folded. It is read with Content-Type, which ends in a semicolon; the peers find no boundary and no parts.',
    both: { 'sisimai/lhost-office365-12.eml': ['text', 'html'] },
  },
  'boundary-not-found': {
    right: 'letterbox',
    rule: 'RFC 2046 5.1.1',
    why: 'The boundary of a part does not occur, so there are no parts. The body is given as text rather than dropped as a preamble.',
    both: { 'mime4j/testmsgs/multipartnopart.msg': ['text'] },
  },
  'boundary-guessed': {
    right: 'letterbox',
    rule: 'RFC 2046 5.1.1',
    why: 'The boundary that is named does not occur, but lines do that differ from it in a letter, each with the header of a part behind it. The peers drop all parts.',
    both: { 'sisimai/rhost-franceptt-07.eml': ['text', 'attachments'] },
  },
  'named-text': {
    right: 'letterbox',
    rule: 'RFC 8621 4.1.4',
    why: 'A text with a file name that is not the first part is a file. The peers join it to the text, where its name is lost.',
    both: {
      'mime4j/mimetools-testmsgs/multi-badnames.msg': ['text', 'attachments'],
      'stalwart/legacy/042.eml': ['text', 'attachments'],
    },
  },
  'text-behind-boundary': {
    right: 'letterbox',
    rule: 'RFC 2046 5.1.1',
    why: 'A line that begins with the boundary is a delimiter, whatever stands behind it ("an exact match of the entire candidate line is not required").',
    both: { 'mime4j/testmsgs/ending-boundaries.msg': ['text'] },
  },
  'space-behind-boundary': {
    right: 'letterbox',
    rule: 'RFC 2046 5.1.1',
    why: 'White space at the end of a boundary was added on the way and must be deleted; then all these lines are delimiters.',
    both: {
      'mime4j/testmsgs/very-long-boundary.msg': ['text'],
      'mime4j/testmsgs/weird-boundary.msg': ['text'],
    },
  },
  'path-in-file-name': {
    right: 'letterbox',
    rule: 'RFC 2183 2.3',
    why: 'The path in a file name must not be used. It is left out, also that of Windows in a quoted string, whose backslashes the peers drop.',
    both: {
      'mime4j/mimetools-testmsgs/multi-2evil.msg': ['attachments'],
      'mime4j/mimetools-testmsgs/multi-nested.msg': ['attachments'],
      'mime4j/mimetools-testmsgs/multi-nested2.msg': ['attachments'],
      'stalwart/legacy/035.eml': ['attachments'],
      'stalwart/rfc/001.eml': ['attachments'],
    },
  },
  'name-by-location': {
    right: 'letterbox',
    rule: 'RFC 2557 4.2',
    why: 'A file without a name is called as the file that its Content-Location names. The peers have no name for it.',
    both: { 'mail/error_emails/missing_content_disposition.eml': ['attachments'] },
  },
  'byte-order-mark': {
    right: 'letterbox',
    rule: 'RFC 3629 6',
    why: 'A byte order mark before the header is skipped. The peers take it into the name of the first field.',
    both: { 'mimekit/feedback-report.txt': ['from'] },
  },
  'quote-marks-in-flowed-text': {
    right: 'letterbox',
    rule: 'RFC 3676 4.5',
    why: 'Lines are joined after their quote marks were taken off. postal-mime leaves a mark within the paragraph.',
    only: { 'postal-mime': { 'sisimai/lhost-sendmail-14.eml': ['text'] } },
  },
};

/** The fields of a mail in which a peer's reading is known to differ. */
export function knownDifferences(mail: string, peer: Peer): Set<ReadingField> {
  const fields = Object.values(differences).flatMap(({ both, only }) => [
    ...(both?.[mail] ?? []),
    ...(only?.[peer]?.[mail] ?? []),
  ]);
  return new Set(fields);
}

/** The mails named above. */
export function mailsWithDifferences(): string[] {
  return Object.values(differences).flatMap(({ both, only }) =>
    [both, ...Object.values(only ?? {})].flatMap((mails) => Object.keys(mails ?? {})),
  );
}
