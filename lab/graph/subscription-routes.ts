import { openMailbox } from './access.ts';
import { accessDenied, GraphError, invalidRequest } from './errors.ts';
import { folderNamed } from './folders.ts';
import type { Notifier } from './notifier.ts';
import { type Answer, type Ask, match, type Route, readJson, segmentsOf } from './request.ts';
import { areAlike, type Subscription } from './subscriptions.ts';

/** Outlook resources are subscribed to for so long at most (Microsoft: subscription resource type). */
const longestMinutes = 10_080;

/** Microsoft: Create, get, list, update and delete subscription, subscription: reauthorize; for messages only. */
export function subscriptionRoutes(notifier: Notifier): Route[] {
  return [
    { method: 'POST', path: 'subscriptions', answer: (ask) => create(ask, notifier) },
    {
      method: 'GET',
      path: 'subscriptions',
      answer: ({ world, caller }) => ({
        status: 200,
        json: {
          value: world.subscriptions
            .all()
            .filter(({ applicationId }) => applicationId === caller.appId)
            .map(render),
        },
      }),
    },
    { method: 'GET', path: 'subscriptions/:id', answer: (ask) => ({ status: 200, json: render(find(ask)) }) },
    {
      method: 'PATCH',
      path: 'subscriptions/:id',
      async answer(ask) {
        const subscription = find(ask);
        const { expirationDateTime, ...others } = await readJson(ask.request);
        if (Object.keys(others).length > 0)
          throw invalidRequest('Only expirationDateTime and the notification URL can be changed.');
        subscription.expiresAt = expiration(ask, expirationDateTime);
        subscription.isPaused = false;
        return { status: 200, json: render(subscription) };
      },
    },
    {
      method: 'POST',
      path: 'subscriptions/:id/reauthorize',
      answer(ask) {
        find(ask).isPaused = false;
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: 'subscriptions/:id',
      answer(ask) {
        ask.world.subscriptions.remove(find(ask).id);
        return { status: 204 };
      },
    },
  ];
}

function find({ world, caller, params }: Ask): Subscription {
  const subscription = world.subscriptions.find(params.id ?? '');
  if (subscription?.applicationId !== caller.appId)
    throw new GraphError(404, 'ResourceNotFound', 'The object was not found.');
  return subscription;
}

async function create(ask: Ask, notifier: Notifier): Promise<Answer> {
  const { world, caller, immutableIds } = ask;
  const wanted = await readJson(ask.request);
  const text = (name: string): string => {
    const value = wanted[name];
    if (typeof value !== 'string' || value === '')
      throw invalidRequest(`The property '${name}' is required and must be a string.`);
    return value;
  };
  const resource = text('resource').replace(/^\//, '');
  const changeTypes = text('changeType').split(',');
  const notificationUrl = text('notificationUrl');
  const lifecycleNotificationUrl =
    wanted.lifecycleNotificationUrl === undefined ? null : text('lifecycleNotificationUrl');
  const clientState = wanted.clientState === undefined ? null : text('clientState');
  if (changeTypes.some((type) => !['created', 'updated', 'deleted'].includes(type)))
    throw invalidRequest('The changeType is not one of created, updated, deleted.');
  if (clientState !== null && clientState.length > 128)
    throw invalidRequest('The clientState is longer than 128 characters.');
  const urls = [notificationUrl, ...(lifecycleNotificationUrl === null ? [] : [lifecycleNotificationUrl])];
  if (urls.some((url) => !URL.canParse(url) || new URL(url).protocol !== 'https:'))
    throw invalidRequest('Notification URLs must be https.');
  const expiresAt = expiration(ask, wanted.expirationDateTime);
  const subscribed = subscribedTo(ask, resource);
  const wish = { ...subscribed, changeTypes, applicationId: caller.appId };
  const same = world.subscriptions.all().find((one) => areAlike(one, wish));
  if (same)
    throw new GraphError(
      409,
      'Conflict',
      `Subscription Id ${same.id} already exists for the requested combination.`,
    );
  for (const url of urls)
    if (!(await notifier.validates(url)))
      throw new GraphError(
        400,
        'ValidationError',
        'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
      );
  const subscription = world.subscriptions.add({
    resource,
    ...subscribed,
    changeTypes,
    notificationUrl,
    lifecycleNotificationUrl,
    clientState,
    applicationId: caller.appId,
    expiresAt,
    immutableIds,
  });
  return { status: 201, json: { ...render(subscription), clientState } };
}

/** Delegated permissions reach the own mailbox only, whatever is shared (Microsoft: Outlook subscription notes). */
function subscribedTo({ world, caller }: Ask, resource: string): Pick<Subscription, 'mailbox' | 'folderId'> {
  const segments = segmentsOf(resource);
  const params =
    match('users/:user/mailFolders/:folder/messages', segments) ?? match('users/:user/messages', segments);
  if (!params) throw invalidRequest(`The resource '${resource}' is not covered here.`);
  const mailbox = openMailbox(caller, params.user ?? '', 'Mail.Read', world);
  if (world.faults.subscriptionsRefused) throw accessDenied();
  if (caller.upn !== null && caller.upn !== mailbox.address) throw accessDenied();
  if (params.folder === undefined) return { mailbox, folderId: null };
  return { mailbox, folderId: folderNamed(mailbox, params.folder).id };
}

function expiration({ world }: Ask, value: unknown): Date {
  const asked = Date.parse(String(value));
  const minutes = (asked - Date.now()) / 60_000;
  if (!(minutes > 0)) throw invalidRequest('The expirationDateTime must be an instant in the future.');
  if (minutes > longestMinutes)
    throw invalidRequest(`Subscription expiration can only be ${longestMinutes} minutes in the future.`);
  return new Date(Math.min(asked, Date.now() + world.faults.subscriptionSeconds * 1000));
}

/** As Graph shows it to whoever reads it later: without the client state. */
function render(subscription: Subscription): object {
  const { id, resource, applicationId, changeTypes, notificationUrl, lifecycleNotificationUrl } =
    subscription;
  return {
    id,
    resource,
    applicationId,
    changeType: changeTypes.join(','),
    clientState: null,
    notificationUrl,
    lifecycleNotificationUrl,
    expirationDateTime: subscription.expiresAt.toISOString(),
    latestSupportedTlsVersion: 'v1_2',
    notificationContentType: 'application/json',
  };
}
