/** Providers that take no passwords for mail any more, by their mail hosts. */
const withoutPasswords = [
  {
    name: 'Microsoft',
    hosts: /(^|\.)(office365\.com|office365\.us|outlook\.com|apps\.mil|outlook\.cn)$/i,
  },
  { name: 'Google', hosts: /(^|\.)(gmail\.com|googlemail\.com|google\.com)$/i },
];

/** Who takes no passwords at this host; null where they may be taken. */
export function providerWithoutPasswords(host: string): string | null {
  return withoutPasswords.find(({ hosts }) => hosts.test(host))?.name ?? null;
}
