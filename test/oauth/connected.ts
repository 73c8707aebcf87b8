import type { TestContext } from 'node:test';
import { createTokenSources } from '../../src/oauth/token-source.ts';
import type { Store } from '../../src/store/store.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { startWorld, type World } from './world.ts';

/** A connected profile, and a clock that goes on only when told. */
export async function startConnected(t: TestContext, decorate?: (store: Store) => Store) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWorld(t, decorate);
  const { id } = await world.create();
  await world.connect(id);
  world.told.length = 0;
  return { ...world, id, source: world.tokens.for(id, 'imap') };
}

/** Letterbox after a restart: nothing remembered but what is stored. */
export function restarted({
  resources,
  store,
  vault,
  federation,
}: Pick<World, 'resources' | 'store' | 'vault' | 'federation'>) {
  return createTokenSources({
    profiles: resources.profiles,
    store,
    vault,
    events: createEventBus(),
    log: createLog('silent'),
    federation,
  });
}
