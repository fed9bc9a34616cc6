import { describe, expect, it } from 'vitest';
import { NEVER_MS } from '../enablement.ts';
import { waitingFor, type Waiting } from './waiting-for.ts';

const NOW = 1_795_000_000_000;
const SOON = NOW + 10_000;
const LATER = NOW + 60_000;

const DUE = { state: 'due', attempts: 1, next_at: NOW, attempted_at: 1, replay_id: null } as const;
const WELL = {
  is_enabled: 1,
  disabled_reason: null,
  breaker_opened_at: null,
  probe_at: null,
  turn_until: null,
};

function of(delivery: object, webhook: object = {}, isBehind = false): Waiting | null {
  return waitingFor({ ...DUE, ...delivery }, { ...WELL, ...webhook }, isBehind, NOW);
}

describe('a delivery waits', () => {
  it.each(['delivered', 'dead', 'dropped'])('for nothing once it is %s', (state) => {
    expect(of({ state, next_at: LATER }, { is_enabled: 0 })).toBeNull();
  });

  it('for its owner where its webhook is paused, and until it is enabled where we disabled it', () => {
    const held = { next_at: NEVER_MS };
    expect(of(held, { is_enabled: 0 })).toEqual({ reason: 'paused', until: null });
    const disabled = { is_enabled: 0, disabled_reason: 'It answered 410.' };
    expect(of(held, disabled)).toEqual({ reason: 'disabled', until: null });
  });

  it('for the time of its schedule', () => {
    expect(of({ next_at: LATER })).toEqual({ reason: 'schedule', until: LATER });
    expect(of({ next_at: LATER }, { turn_until: SOON })).toEqual({
      reason: 'schedule',
      until: LATER,
    });
  });

  it('for its breaker, unless its schedule takes longer', () => {
    const open = { breaker_opened_at: 1, probe_at: SOON };
    expect(of({}, open)).toEqual({ reason: 'breaker', until: SOON });
    expect(of({ next_at: LATER }, open)).toEqual({ reason: 'schedule', until: LATER });
  });

  it('for the probe of its breaker', () => {
    const halfOpen = { breaker_opened_at: 1, probe_at: NOW - 1 };
    expect(of({}, halfOpen)).toEqual({ reason: 'breaker', until: null });
    expect(of({}, { ...halfOpen, turn_until: SOON })).toEqual({ reason: 'breaker', until: SOON });
    const probing = of({ next_at: SOON }, { ...halfOpen, turn_until: SOON });
    expect(probing).toEqual({ reason: 'turn', until: SOON });
  });

  it('for its rate limit', () => {
    expect(of({}, { probe_at: SOON })).toEqual({ reason: 'rate_limit', until: SOON });
  });

  it('for what comes before it in its chat', () => {
    expect(of({ next_at: NEVER_MS })).toEqual({ reason: 'order', until: null });
    expect(of({}, { turn_until: SOON }, true)).toEqual({ reason: 'order', until: null });
  });

  it("for its webhook's turn, its own attempt too", () => {
    expect(of({})).toEqual({ reason: 'turn', until: null });
    expect(of({}, { turn_until: SOON })).toEqual({ reason: 'turn', until: SOON });
    expect(of({ next_at: SOON }, { turn_until: SOON })).toEqual({ reason: 'turn', until: SOON });
    const hanging = { next_at: LATER, attempted_at: null };
    expect(of(hanging, { turn_until: SOON })).toEqual({ reason: 'turn', until: LATER });
  });

  it('behind what is live where a replay made it', () => {
    expect(of({ replay_id: 3 })).toEqual({ reason: 'replay', until: null });
    expect(of({ replay_id: 3, next_at: LATER })).toEqual({ reason: 'schedule', until: LATER });
  });
});
