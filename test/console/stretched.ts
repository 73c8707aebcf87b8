/** Members that people and other machines fill as they like, and that have no spaces at which a line could end. */
const filled = new Set([
  ...['name', 'address', 'username', 'displayName', 'signInName', 'account', 'subject', 'filename', 'sender'],
  ...[
    'host',
    'url',
    'issuer',
    'tenant',
    'clientId',
    'tokenUrl',
    'authorizationUrl',
    'scopes',
    'folders',
    'folder',
  ],
  ...[
    'title',
    'detail',
    'cause',
    'remedy',
    'code',
    'messageId',
    'mailbox',
    'recipient',
    'commands',
    'from',
    'to',
  ],
  ...['verificationUri', 'userCode', 'value', 'text', 'defects', 'contentType'],
]);
const long = 'https://outlook.office365.com/IMAP.AccessAsUser.All?'.concat('x'.repeat(240));

/** The same with every such text grown beyond any line. */
export function stretched<T>(value: T, key = ''): T {
  if (typeof value === 'string') return (filled.has(key) ? `${value}${long}` : value) as T;
  if (Array.isArray(value)) return value.map((one) => stretched(one, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, stretched(one, name)])) as T;
}
