import type { DeliveringKind } from '../../delivery/destination.ts';
import type { FieldProblem } from '../../model/problem.ts';
import type { Change, Loadable } from '../../resources/resource.ts';
import { createWebhookGuard } from './address-guard.ts';
import { type WebhookConfig, webhookFields } from './fields.ts';
import { newSigningSecret, type SigningSecret, signingSecretsName } from './signature.ts';

/** Messages as signed JSON to a URL. */
export const webhook: Loadable<DeliveringKind> = {
  name: 'webhook',
  label: 'Webhook',
  help: 'Signed JSON, by the Standard Webhooks specification.',
  fields: webhookFields,
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
    createWebhookGuard(allowed).assertHost(hostname);
    return [];
  } catch {
    const expected = 'a public address, or a private one within delivery.allowPrivateAddresses';
    return [{ field: 'url', expected, given: hostname }];
  }
}
