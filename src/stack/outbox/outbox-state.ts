import { Aliases } from '../../inbox/chats/aliases.ts';
import type { outbox } from '../../store/schema.ts';
import type { SendOutcome } from '../../waba/send-outcome.ts';
import { barAccount, noteTaken, type AccountState } from './account-pause.ts';
import {
  cautiousRate,
  clearStrikes,
  countLoss,
  noteAnswer,
  pauseNumber,
  takeSlot,
  type Departure,
} from './number-rate.ts';
import { PAIR_MEMORY_MS, takeToken, tokensOf, PAIR_BURST, type PairBucket } from './pair-rate.ts';

/** All times are in milliseconds. */
export type OutboxRow = typeof outbox.$inferSelect;

/** A message whose turn has not come. */
export interface Waiting {
  n: number;
  nextAt: number;
}

/** A message that WABA may have taken: its answer was lost, or we were stopped while it was under way. */
export interface Unknown {
  n: number;
  /** Until when it holds up its recipient's next message. */
  holdsUntil: number;
  /** When it is sent again, unless it is settled before. */
  resendAt: number;
}

/** What is to be sent to one recipient. */
export interface Lane {
  chat: string;
  /** In the order in which they were accepted. */
  waiting: Waiting[];
  unknown: Unknown[];
  /** Replies to what is not sent yet: they come round again and hold up nobody meanwhile. */
  aside: Waiting[];
  /** The latest message that is under way, or about to be; those before it are overdue. */
  active: Active | undefined;
  /** How many are under way. */
  underWay: number;
  pausedUntil: number;
}

/** A message that is under way. One whose answer was lost before has held up the others once already. */
export interface Active {
  n: number;
  wasUnknown: boolean;
  /** Undefined until it has left. */
  departure: Departure | undefined;
  /** Until when it holds up its recipient's next message: for ever as long as it cannot have been sent. */
  holdsUntil: number;
}

/** The outbox as the Stack object holds it; the rows are the truth. */
export interface OutboxState extends AccountState {
  startedAt: number;
  /** Recipients with something to send; who was served last comes last. */
  lanes: Map<string, Lane>;
  laneOf: Map<number, Lane>;
  buckets: Map<string, PairBucket>;
  /** What is under way or about to be, by row number, the oldest first. */
  underWay: Map<number, Active>;
  /** Recipients that turned out to be others. */
  aliases: Aliases;
  unknownCount: number;
}

/** A send without an answer holds up the recipient's next message for so long, no longer. */
export const HOLD_MS = 5_000;

/** A status that settles a lost answer has come by then, or never will. */
export const RESEND_AFTER_MS = 60_000;

/** Starts with nothing known but when the number's last pause ends. */
export function startState(startedAt: number, pausedUntil: number): OutboxState {
  return {
    startedAt,
    rate: cautiousRate(startedAt, pausedUntil),
    lanes: new Map(),
    laneOf: new Map(),
    buckets: new Map(),
    underWay: new Map(),
    aliases: new Aliases(),
    unknownCount: 0,
    account: undefined,
    suspects: new Map(),
  };
}

/** Takes in rows, in the order of their numbers. Ones with an attempt behind them are unknown. */
export function addRows(state: OutboxState, rows: readonly OutboxRow[], now: number): void {
  for (const row of rows) {
    if (state.laneOf.has(row.n)) continue;
    const lane = laneFor(state, row.chat);
    state.laneOf.set(row.n, lane);
    if (row.attempted_at === null) lane.waiting.push({ n: row.n, nextAt: row.next_at });
    else addUnknown(state, lane, row.n, Math.max(row.attempted_at, state.startedAt), now + HOLD_MS);
  }
}

/** The recipients among these whose latest messages are not known, as only a restart can cause. */
export function chatsToRecall(
  state: OutboxState,
  rows: readonly OutboxRow[],
  now: number,
): string[] {
  if (now - state.startedAt > PAIR_MEMORY_MS) return [];
  return [...new Set(rows.map((row) => row.chat))].filter((chat) => !state.buckets.has(chat));
}

/** Reserves a message: until it is overdue nothing else goes to its recipient. */
export function reserve(state: OutboxState, n: number): void {
  const lane = state.laneOf.get(n);
  if (lane === undefined) return;
  const wasUnknown = lane.unknown.some((other) => other.n === n);
  removeFrom(state, lane, n);
  lane.active = { n, wasUnknown, departure: undefined, holdsUntil: Infinity };
  lane.underWay += 1;
  state.underWay.set(n, lane.active);
  // Whoever is served goes to the end of the queue, so that a few busy recipients starve nobody.
  state.lanes.delete(lane.chat);
  state.lanes.set(lane.chat, lane);
}

/** Takes note that reserved messages leave now. */
export function depart(state: OutboxState, ns: readonly number[], now: number): void {
  for (const n of ns) {
    const lane = state.laneOf.get(n);
    const active = state.underWay.get(n);
    if (lane === undefined || active === undefined) continue;
    active.departure = takeSlot(state.rate, now);
    active.holdsUntil = now + HOLD_MS;
    state.buckets.set(lane.chat, takeToken(state.buckets.get(lane.chat), now));
  }
  forgetFullBuckets(state, now);
}

/** While a message's file is handed to WABA it is not sent: the others wait for it. */
export function holdOn(state: OutboxState, n: number): void {
  const active = state.underWay.get(n);
  if (active !== undefined) active.holdsUntil = Infinity;
}

/** The file is there: now the message itself leaves. */
export function holdFor(state: OutboxState, n: number, now: number): void {
  const active = state.underWay.get(n);
  if (active !== undefined) active.holdsUntil = now + HOLD_MS;
}

/** Puts a reserved message aside that did not leave, since what it replies to is not sent yet. */
export function putAside(state: OutboxState, n: number, nextAt: number): void {
  deactivate(state, n)?.aside.push({ n, nextAt });
}

/** Gives a reserved message back that did not leave. */
export function release(state: OutboxState, n: number, nextAt: number): void {
  const lane = deactivate(state, n);
  if (lane === undefined) return;
  const position = lane.waiting.findIndex((other) => other.n > n);
  lane.waiting.splice(position === -1 ? lane.waiting.length : position, 0, { n, nextAt });
}

/** Forgets a message that is done with, or that somebody else has dealt with. */
export function forget(state: OutboxState, n: number): void {
  const lane = deactivate(state, n) ?? state.laneOf.get(n);
  if (lane === undefined) return;
  removeFrom(state, lane, n);
  state.laneOf.delete(n);
  state.suspects.delete(n);
  const left = lane.waiting.length + lane.unknown.length + lane.aside.length + lane.underWay;
  if (left === 0 && state.lanes.get(lane.chat) === lane) state.lanes.delete(lane.chat);
}

/** What became of an attempt. */
export interface Settlement {
  outcome: SendOutcome;
  departedAt: number;
  /** Whether WABA itself has spoken: then the number is well unless it says otherwise. */
  isAnswered: boolean;
}

/** Takes in what became of a message's attempt. */
export function settle(
  state: OutboxState,
  n: number,
  { outcome, departedAt, isAnswered }: Settlement,
  now: number,
): void {
  const lane = state.laneOf.get(n);
  if (lane === undefined) return;
  const active = state.underWay.get(n);
  const departure = active?.departure;
  if (isAnswered && departure !== undefined) noteAnswer(state.rate, departure, now);
  if (outcome.kind === 'unknown') {
    const holdsUntil = active === undefined || active.wasUnknown ? now : active.holdsUntil;
    deactivate(state, n);
    addUnknown(state, lane, n, departedAt, holdsUntil);
    return countLoss(state.rate, now);
  }
  if (outcome.kind === 'barred') return release(state, n, barAccount(state, n, outcome, now));
  if (outcome.kind === 'retry' && outcome.scope === 'number') {
    pauseNumber(state.rate, outcome.afterMs, now, outcome.atMostMs);
  } else if (outcome.kind === 'sent') {
    noteTaken(state, departure?.at ?? departedAt);
  }
  if (isAnswered && state.account === undefined && !isPausing(outcome)) clearStrikes(state.rate);
  if (outcome.kind !== 'retry') return forget(state, n);
  if (outcome.scope === 'pair') lane.pausedUntil = now + outcome.afterMs;
  release(state, n, outcome.scope === 'message' ? now + outcome.afterMs : now);
}

function isPausing(outcome: SendOutcome): boolean {
  return outcome.kind === 'retry' && outcome.scope === 'number';
}

/** Takes note that two recipients are one, known by the latter name: what is to be sent to them shares a lane. */
export function join(state: OutboxState, alias: string, name: string, now: number): void {
  const lane = state.lanes.get(alias);
  if ((lane?.underWay ?? 0) > 0 || !state.aliases.add(alias, name)) return;
  const chat = state.aliases.resolve(name);
  const left = tokensOf(state.buckets.get(alias), now) + tokensOf(state.buckets.get(chat), now);
  state.buckets.set(chat, { tokens: Math.max(0, left - PAIR_BURST), at: now });
  if (lane === undefined) return;
  state.lanes.delete(alias);
  const other = laneFor(state, chat);
  const all = [...lane.waiting, ...lane.unknown, ...lane.aside];
  for (const { n } of all) state.laneOf.set(n, other);
  other.waiting = [...other.waiting, ...lane.waiting].toSorted((a, b) => a.n - b.n);
  other.unknown.push(...lane.unknown);
  other.aside.push(...lane.aside);
  other.pausedUntil = Math.max(other.pausedUntil, lane.pausedUntil);
}

function laneFor(state: OutboxState, recipient: string): Lane {
  const chat = state.aliases.resolve(recipient);
  const known = state.lanes.get(chat);
  if (known !== undefined) return known;
  const lane: Lane = {
    chat,
    waiting: [],
    unknown: [],
    aside: [],
    active: undefined,
    underWay: 0,
    pausedUntil: 0,
  };
  state.lanes.set(chat, lane);
  return lane;
}

function addUnknown(
  state: OutboxState,
  lane: Lane,
  n: number,
  since: number,
  holdsUntil: number,
): void {
  lane.unknown.push({ n, holdsUntil, resendAt: since + RESEND_AFTER_MS });
  state.unknownCount += 1;
}

function deactivate(state: OutboxState, n: number): Lane | undefined {
  const lane = state.laneOf.get(n);
  if (lane === undefined || !state.underWay.delete(n)) return undefined;
  lane.underWay -= 1;
  if (lane.active?.n === n) lane.active = undefined;
  return lane;
}

function removeFrom(state: OutboxState, lane: Lane, n: number): void {
  const unknownCount = lane.unknown.length;
  lane.unknown = lane.unknown.filter((other) => other.n !== n);
  state.unknownCount -= unknownCount - lane.unknown.length;
  lane.aside = lane.aside.filter((other) => other.n !== n);
  if (lane.waiting[0]?.n === n) lane.waiting.shift();
  else lane.waiting = lane.waiting.filter((other) => other.n !== n);
}

/** Above this many the full ones are looked for; those that are not add up to 270 s of sending at most. */
const MANY_BUCKETS = 30_000;

function forgetFullBuckets(state: OutboxState, now: number): void {
  if (state.buckets.size <= MANY_BUCKETS) return;
  for (const [chat, bucket] of state.buckets) {
    if (tokensOf(bucket, now) >= PAIR_BURST) state.buckets.delete(chat);
  }
}
