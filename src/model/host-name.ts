/** Whether it is a name whose labels are of letters, digits and hyphens (RFC 1123 2.1); its last is no number. */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return (
    labels.every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')
  );
}
