import { z } from 'zod';
import type { DeliveringKind } from '../../delivery/destination.ts';
import type { FieldProblem } from '../../model/problem.ts';
import type { DestinationConfig } from '../../resources/destination.ts';
import type { ValuesOf } from '../../resources/field.ts';
import { url } from '../../resources/fields.ts';
import type { Change, Loadable } from '../../resources/resource.ts';
import { createAddressGuard } from './address-guard.ts';
import { newSigningSecret, type SigningSecret, signingSecretsName } from './signature.ts';

const fields = {
  url: url({
    label: 'URL',
    help: 'Where messages are posted. Private addresses need delivery.allowPrivateAddresses in the configuration.',
    schema: z
      .url({ protocol: /^https?$/, error: 'a URL beginning with https:// (or http://)' })
      .trim()
      .max(2000),
    column: 'TO',
  }),
};

export type WebhookConfig = DestinationConfig & ValuesOf<typeof fields>;

/** Messages as signed JSON to a URL. */
export const webhook: Loadable<DeliveringKind> = {
  name: 'webhook',
  label: 'Webhook',
  help: 'Signed JSON, by the Standard Webhooks specification.',
  fields,
  signed: true,
  takesNotices: true,
  targetOf: ({ url: target }) => String(target),
  check: ({ url: text }: WebhookConfig, { config }) =>
    urlProblems(text, config.delivery.allowPrivateAddresses),
  /** The signing secret is shown this once; a change of the destination does not change it. */
  seal(_destination: WebhookConfig, { before }: Change) {
    if (before) return { secrets: {} };
    const signingSecret = newSigningSecret();
    const secrets: SigningSecret[] = [{ secret: signingSecret, until: null }];
    return { secrets: { [signingSecretsName]: JSON.stringify(secrets) }, shown: { signingSecret } };
  },
  async load() {
    const { createWebhook } = await import('./index.ts');
    return async ({ destination, secret, options }) => {
      const secrets: SigningSecret[] = JSON.parse((await secret(signingSecretsName)) ?? '[]');
      return createWebhook({ destination, secrets, options });
    };
  },
};

function urlProblems(text: string, allowed: string[]): FieldProblem[] {
  const { username, password, hostname } = new URL(text);
  if (username || password)
    return [{ field: 'url', expected: 'a URL without user name and password; messages are signed instead' }];
  try {
    createAddressGuard(allowed).assertHost(hostname);
    return [];
  } catch {
    const expected = 'a public address, or a private one within delivery.allowPrivateAddresses';
    return [{ field: 'url', expected, given: hostname }];
  }
}
