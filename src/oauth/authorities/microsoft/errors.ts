import { Problem } from '../../../model/problem.ts';
import { quote } from '../../../network/wording.ts';
import type { Refusal } from '../../refusal.ts';
import { concernsResource } from '../../standard-errors.ts';
import { accountErrors } from './account-errors.ts';
import { appErrors } from './app-errors.ts';
import type { Meaning } from './meaning.ts';

/** Entra's codes that mail intake meets (Microsoft: Microsoft Entra authentication and authorization error codes). */
const meanings: Meaning[] = [...appErrors, ...accountErrors];

const byCode = new Map(meanings.flatMap((meaning) => meaning.codes.map((code) => [code, meaning] as const)));

/** Explains by `error_codes`, which are stable; by the text, which is not, only where a redirect gave nothing else. */
export function explainMicrosoft(refusal: Refusal): Problem | null {
  const code = codeOf(refusal);
  if (code === undefined) return null;
  const { codes: _, ofResource: __, mayPass: ___, ...words } = byCode.get(code) ?? unknownCode(code, refusal);
  return new Problem({
    code: byCode.has(code) ? `oauth.AADSTS${code}` : 'oauth.refused',
    detail: `AADSTS${code}`,
    ...words,
  });
}

/** Whether Entra says why, by a code that does not pass. */
export function saysWhy(refusal: Refusal): boolean {
  const code = codeOf(refusal);
  const meaning = code === undefined ? undefined : byCode.get(code);
  return meaning !== undefined && !meaning.mayPass;
}

/** Missing consent and policies may be about one resource only, whatever the standard's `error` says. */
export function isOfResource(refusal: Refusal): boolean {
  const code = codeOf(refusal);
  return (code !== undefined && byCode.get(code)?.ofResource) || concernsResource(refusal);
}

/** Entra's code for a refusal, the one that is known here where it gave several. */
export function codeOf({ codes, description }: Refusal): number | undefined {
  const given =
    codes.length > 0 ? codes : [...description.matchAll(/AADSTS(\d+)/g)].map(([, code]) => Number(code));
  return given.find((candidate) => byCode.has(candidate)) ?? given[0];
}

/** In Entra's own words, without the ids that follow them. */
function unknownCode(code: number, { error, description }: Refusal): Meaning & { detail: string } {
  const [said = ''] = description.replace(/^AADSTS\d+:\s*/, '').split(/\s*Trace ID:/);
  return {
    codes: [code],
    kind: 'refused',
    title: 'Entra ID refused the request',
    detail: `AADSTS${code} (${quote(error)})${said && `: ${quote(said)}`}`,
    remedy: `Look the code up at https://login.microsoftonline.com/error?code=${code}.`,
    retry: 'no',
  };
}
