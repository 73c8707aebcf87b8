import type { ReceiverAnswer } from '../../model/delivery.ts';

const shortest = 8;

/** An answer without what was secret in its request: receivers that show what they were sent are many. */
export function withoutEchoes(answer: ReceiverAnswer, secrets: string[]): ReceiverAnswer {
  const forms = secrets
    .filter(({ length }) => length >= shortest)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      secret.replaceAll('/', '\\/'),
    ]);
  const strip = (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, '[removed]'), text);
  return { ...answer, headers: strip(answer.headers), body: strip(answer.body) };
}
