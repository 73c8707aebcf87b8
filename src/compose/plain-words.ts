/** Of what a sender wrote so much comes back at most. */
const most = 80;
/** Letters, digits and what stands between them in a sentence: no address, link, host, path or markup. */
const word = /^[("'“‘„#]?[\p{L}\p{M}\p{N}]+(?:['’&-][\p{L}\p{M}\p{N}]+)*[)"'”’,.;:!?]*$/u;

/**
 * The plain words of a text that somebody else chose, for a mail that goes to whom they named: what could be a link, an
 * address or markup is left out, so that nothing can be made to be clicked on or rung up by us.
 */
export function plainWords(text: string): string {
  const words = text.split(/[\s\p{Cc}\p{Cf}]+/u).filter((one) => word.test(one) || /^[-–—&]$/.test(one));
  let line = '';
  for (const one of words) {
    const longer = line === '' ? one : `${line} ${one}`;
    if (longer.length > most) return `${line}…`;
    line = longer;
  }
  return line;
}
