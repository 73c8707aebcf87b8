import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileInput, startWorld } from '../api/world.ts';
import { put } from '../resources/fixtures.ts';

const connectedAt = '2026-11-01T08:00:00.000Z';

test('the ways to a new grant and to a new secret are on the page of a profile whatever its state', async (t) => {
  const { administration, store, call } = await startWorld(t);
  const profile = await administration.profiles.create(profileInput);
  const path = `/profiles/${profile.id}`;
  for (const [state, link] of [
    [{ state: 'consent-needed', connectedAt: null }, 'Connect'],
    [{ state: 'connected', connectedAt }, 'Reconnect'],
    [{ state: 'consent-needed', connectedAt }, 'Reconnect'],
    [{ state: 'failing', connectedAt }, 'Reconnect'],
  ] as const) {
    await put(store, 'profile', { ...profile, ...state });
    const { text } = await call('GET', path);
    assert.match(text, new RegExp(`<a [^>]*href="${path}/connect"[^>]*>${link}</a>`), state.state);
    assert.match(text, new RegExp(`<a [^>]*href="${path}/secret"[^>]*>Replace secret</a>`), state.state);
  }
});
