/** Literal strings of the languages that commands and scripts are written in. */

// A console that pastes as if it were typed obeys control characters; in a file they mean nothing.
const unwanted = /[\p{C}\u2028\u2029]/gu;

/** PowerShell: single quotes, doubled within (about_Quoting_Rules). Typographic quotes are taken for plain ones. */
export function powershell(text: string): string {
  return `'${text.replace(unwanted, '').replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

/** POSIX shell (IEEE Std 1003.1, 2.2.2): within single quotes nothing has a meaning but the quote. */
export function shell(text: string): string {
  return `'${text.replace(unwanted, '').replaceAll("'", `'\\''`)}'`;
}

/** HCL, quoted template: backslash and quote are escaped, and what would begin an interpolation or a directive. */
export function hcl(text: string): string {
  const escaped = text
    .replace(unwanted, '')
    .replace(/[\\"]/g, '\\$&')
    .replace(/([$%])\{/g, '$1$1{');
  return `"${escaped}"`;
}
