import { Problem } from '../../model/problem.ts';
import { type AddressGuard, createAddressGuard, type Resolve } from '../../network/address-guard.ts';

/** Decides where a destination may be: public addresses, and those private ones that the admin allows. */
export function createWebhookGuard(allowed: string[], resolve?: Resolve): AddressGuard {
  return createAddressGuard(allowed, privateAddress, resolve);
}

function privateAddress(detail: string): Problem {
  return new Problem({
    code: 'webhook.private-address',
    kind: 'conflict',
    title: 'The destination is in a private network',
    detail,
    cause:
      'Letterbox sends to private addresses only where the administrator allows it, lest a webhook reach into the network.',
    remedy: 'If it is meant, add its network to delivery.allowPrivateAddresses, such as 10.1.0.0/16.',
  });
}
