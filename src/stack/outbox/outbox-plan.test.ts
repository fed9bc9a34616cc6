import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../waba/send-outcome.ts';
import { MAX_IN_FLIGHT } from './number-rate.ts';
import { planOutbox } from './outbox-plan.ts';
import {
  addRows,
  chatsToRecall,
  depart,
  forget,
  HOLD_MS,
  release,
  RESEND_AFTER_MS,
  reserve,
  settle,
  startState,
  type OutboxRow,
  type OutboxState,
} from './outbox-state.ts';
import { PAIR_MEMORY_MS } from './pair-rate.ts';

const START = 1_000_000;
const MUCH_ROOM = 1_000;
const SENT: SendOutcome = { kind: 'sent', wabaId: 'wamid.A' };
const UNKNOWN: SendOutcome = { kind: 'unknown' };

/** `[n, chat]` as a row that was never tried. */
function row(n: number, chat: string, more: Partial<OutboxRow> = {}): OutboxRow {
  return { n, chat, attempted_at: null, attempts: 0, next_at: 0, ...more };
}

function stateWith(...rows: OutboxRow[]): OutboxState {
  const state = startState(START, 0);
  addRows(state, rows, START);
  return state;
}

function next(state: OutboxState, now: number, room = MUCH_ROOM): number[] {
  return planOutbox(state, room, now).next;
}

function send(state: OutboxState, n: number, now: number): void {
  reserve(state, n);
  depart(state, [n], now);
}

function answer(state: OutboxState, n: number, outcome: SendOutcome, now: number): void {
  settle(state, n, { outcome, departedAt: now, isAnswered: outcome.kind !== 'unknown' }, now);
}

/** Sends and loses the answer at the same moment. */
function lose(state: OutboxState, n: number, now: number): void {
  send(state, n, now);
  answer(state, n, UNKNOWN, now);
}

describe('order', () => {
  it('is kept per recipient, one message at a time; recipients go in parallel', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'), row(3, 'b'), row(4, 'a'));
    expect(next(state, START)).toEqual([1, 3]);
    send(state, 1, START);
    send(state, 3, START);
    expect(next(state, START)).toEqual([]);
    answer(state, 1, SENT, START);
    expect(next(state, START)).toEqual([2]);
    answer(state, 3, SENT, START);
    send(state, 2, START);
    answer(state, 2, SENT, START);
    expect(next(state, START)).toEqual([4]);
  });

  it('survives a retry: the recipient’s next message waits for it', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'));
    send(state, 1, START);
    answer(state, 1, { kind: 'retry', scope: 'message', afterMs: 4_000 }, START);
    expect(planOutbox(state, MUCH_ROOM, START + 3_999)).toEqual({
      next: [],
      wakeAt: START + 4_000,
    });
    expect(next(state, START + 4_000)).toEqual([1]);
  });

  it('is released by a final failure', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'));
    send(state, 1, START);
    const error = { code: 131026, title: 't', message: 'm' };
    answer(state, 1, { kind: 'failed', error, alert: false }, START);
    expect(next(state, START)).toEqual([2]);
  });

  it('serves whoever was served last at last', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'), row(3, 'b'), row(4, 'c'));
    expect(next(state, START, 1)).toEqual([1]);
    send(state, 1, START);
    answer(state, 1, SENT, START);
    expect(next(state, START)).toEqual([3, 4, 2]);
  });

  it('takes rows in once, however often they are read', () => {
    const state = stateWith(row(1, 'a'));
    addRows(state, [row(1, 'a')], START);
    send(state, 1, START);
    answer(state, 1, SENT, START);
    expect(next(state, START)).toEqual([]);
    expect(state.lanes.size).toBe(0);
  });
});

describe('limits', () => {
  it('lets 96 be under way', () => {
    const rows = Array.from({ length: 200 }, (_, i) => row(i + 1, `chat ${i}`));
    const state = stateWith(...rows);
    const first = next(state, START);
    expect(first).toHaveLength(MAX_IN_FLIGHT);
    for (const n of first) send(state, n, START);
    expect(planOutbox(state, MUCH_ROOM, START)).toEqual({ next: [], wakeAt: undefined });
    answer(state, 7, SENT, START);
    expect(next(state, START)).toHaveLength(1);
  });

  it('lets one recipient have 45 at once and then one in six seconds, and holds up no other', () => {
    const state = stateWith(...Array.from({ length: 47 }, (_, i) => row(i + 1, 'a')));
    for (let n = 1; n <= 45; n += 1) {
      expect(next(state, START)).toEqual([n]);
      send(state, n, START);
      answer(state, n, SENT, START);
    }
    const { next: none, wakeAt = 0 } = planOutbox(state, MUCH_ROOM, START);
    expect(none).toEqual([]);
    expect(wakeAt).toBeGreaterThan(START + 6_000);
    expect(wakeAt).toBeLessThan(START + 6_100);
    addRows(state, [row(100, 'b')], START);
    expect(next(state, START)).toEqual([100]);
    expect(next(state, wakeAt)).toEqual([46, 100]);
  });

  it('stops one recipient where WhatsApp says so', () => {
    const state = stateWith(row(1, 'a'), row(2, 'b'));
    send(state, 1, START);
    answer(state, 1, { kind: 'retry', scope: 'pair', afterMs: 16_000 }, START);
    expect(next(state, START + 15_999)).toEqual([2]);
    expect(next(state, START + 16_000)).toEqual([2, 1]);
  });

  it('stops all where the number has to pause, and then tries one', () => {
    const state = stateWith(row(1, 'a'), row(2, 'b'), row(3, 'c'));
    send(state, 1, START);
    answer(state, 1, { kind: 'retry', scope: 'number', afterMs: 1_000 }, START);
    expect(planOutbox(state, MUCH_ROOM, START + 999)).toEqual({ next: [], wakeAt: START + 1_000 });
    const later = START + 1_000;
    expect(next(state, later)).toHaveLength(1);
    send(state, 2, later);
    expect(next(state, later)).toEqual([]);
    answer(state, 2, SENT, later);
    expect(next(state, later)).toEqual([3, 1]);
  });
});

describe('a lost answer', () => {
  it('holds up the recipient’s next message for five seconds, not longer', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'), row(3, 'b'));
    lose(state, 1, START);
    expect(next(state, START + HOLD_MS - 1)).toEqual([3]);
    expect(next(state, START + HOLD_MS)).toEqual([3, 2]);
  });

  it('is sent again sixty seconds after the attempt', () => {
    const state = stateWith(row(1, 'a'));
    send(state, 1, START);
    const outcome = { outcome: UNKNOWN, departedAt: START, isAnswered: false };
    settle(state, 1, outcome, START + 20_000);
    expect(planOutbox(state, MUCH_ROOM, START + RESEND_AFTER_MS - 1)).toEqual({
      next: [],
      wakeAt: START + RESEND_AFTER_MS,
    });
    expect(next(state, START + RESEND_AFTER_MS)).toEqual([1]);
  });

  it('counts from our start where that was later than the attempt', () => {
    const state = stateWith(
      row(1, 'a', { attempted_at: START - 50_000, attempts: 1 }),
      row(2, 'a'),
    );
    expect(next(state, START + HOLD_MS - 1)).toEqual([]);
    expect(next(state, START + HOLD_MS)).toEqual([2]);
    send(state, 2, START + HOLD_MS);
    answer(state, 2, SENT, START + HOLD_MS);
    expect(next(state, START + RESEND_AFTER_MS - 1)).toEqual([]);
    expect(next(state, START + RESEND_AFTER_MS)).toEqual([1]);
  });

  it('never leaves while another message of its recipient is under way', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'));
    lose(state, 1, START);
    const later = START + RESEND_AFTER_MS;
    send(state, 2, later);
    expect(next(state, later)).toEqual([]);
    answer(state, 2, SENT, later);
    expect(next(state, later)).toEqual([1]);
  });

  it('goes before what was accepted after it once it may be sent again', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'));
    lose(state, 1, START);
    expect(next(state, START + RESEND_AFTER_MS)).toEqual([1]);
  });

  it('holds nobody up a second time', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'));
    lose(state, 1, START);
    const later = START + RESEND_AFTER_MS;
    lose(state, 1, later);
    expect(next(state, later)).toEqual([2]);
  });

  it('is over when it is settled: its recipient goes on at once', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'));
    lose(state, 1, START);
    expect(state.unknownCount).toBe(1);
    forget(state, 1);
    expect(state.unknownCount).toBe(0);
    expect(next(state, START)).toEqual([2]);
    expect(next(state, START + RESEND_AFTER_MS)).toEqual([2]);
  });
});

describe('a start', () => {
  it('keeps to the times that rows were put off to', () => {
    const state = stateWith(row(1, 'a', { next_at: START + 9_000, attempts: 2 }));
    expect(planOutbox(state, MUCH_ROOM, START)).toEqual({ next: [], wakeAt: START + 9_000 });
    expect(next(state, START + 9_000)).toEqual([1]);
  });

  it('has to recall what recipients were sent, for four and a half minutes', () => {
    const state = stateWith();
    const rows = [row(1, 'a'), row(2, 'a'), row(3, 'b')];
    expect(chatsToRecall(state, rows, START)).toEqual(['a', 'b']);
    addRows(state, rows, START);
    send(state, 1, START);
    expect(chatsToRecall(state, rows, START)).toEqual(['b']);
    expect(chatsToRecall(state, rows, START + PAIR_MEMORY_MS + 1)).toEqual([]);
  });
});

describe('what was reserved and did not leave', () => {
  it('goes back to its place', () => {
    const state = stateWith(row(1, 'a'), row(2, 'a'), row(3, 'a'));
    reserve(state, 1);
    release(state, 1, START);
    expect(next(state, START)).toEqual([1]);
    expect(state.underWay.size).toBe(0);
  });
});
