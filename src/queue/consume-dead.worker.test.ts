import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parkEvent } from '../webhooks/dead-letters/park-doorbell.ts';
import { DEAD_LETTER_QUEUE } from './consume-dead.ts';
import {
  answers,
  deliveries,
  event,
  eventBell,
  OK,
  requests,
  ring,
  ringIn,
  stack,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
  type Ended,
} from '../delivery/lanes.test-support.ts';

useLanes();
const { db } = stack;
const logged: string[] = [];

beforeEach(() => {
  // What is faulty here stays so: the pauses between its repetitions would only take time.
  vi.spyOn(db, 'surely').mockImplementation(async (queries) => void (await db.batch(queries)));
  for (const level of ['log', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void logged.push(String(line)));
  }
});

afterEach(async () => {
  logged.splice(0);
  await db.batch([
    sql`drop trigger if exists faulty`,
    sql`drop trigger if exists no_parking`,
    sql`drop trigger if exists no_turns`,
    sql`delete from dead_letters`,
  ]);
});

/** From now on the database refuses what a failed delivery of the event needs: a fault of ours. */
async function makeFaulty(seq: number): Promise<void> {
  await db.run(
    sql.raw(`create trigger faulty before insert on deliveries when new.seq = ${seq}
      begin select raise(abort, 'a faulty row'); end`),
  );
}

async function forbidParking(): Promise<void> {
  await db.run(
    sql.raw(`create trigger no_parking before insert on dead_letters
      begin select raise(abort, 'away'); end`),
  );
}

/** Lets nobody take a webhook's turn. */
async function forbidTurns(words: string): Promise<void> {
  await db.batch([
    sql`drop trigger if exists no_turns`,
    sql.raw(`create trigger no_turns before update on webhooks
      begin select raise(abort, '${words}'); end`),
  ]);
}

async function ringDead(...bodies: object[]): Promise<Ended> {
  return ringIn({ queue: DEAD_LETTER_QUEUE }, ...bodies);
}

async function letters(): Promise<Record<string, unknown>[]> {
  return db.all(sql`select message, error, created_at from dead_letters order by id`);
}

async function openSeqs(): Promise<number[]> {
  const rows = await db.all<{ seq: number }>(
    sql`select seq from events where open = 1 order by seq`,
  );
  return rows.map(({ seq }) => seq);
}

function deliveredTo(host: string): number[] {
  const own = requests.filter((request) => request.host === host);
  return own.map(({ headers }) => Number(headers.get('waypost-sequence')));
}

describe('an event that cannot be worked, among healthy ones', () => {
  it('is retried alone; the others are delivered and have their rows', async () => {
    answers['ok.test'] = OK;
    answers['bad.test'] = STATUS(500);
    await subscribe('ok.test');
    const bad = await subscribe('bad.test');
    const seqs = [await event(), await event(), await event()];
    await makeFaulty(seqs[1] ?? 0);
    expect(await ring(...seqs.map(eventBell))).toEqual({ acked: ['0', '2'], retried: ['1'] });
    expect(await openSeqs()).toEqual([seqs[1]]);
    expect(new Set(deliveredTo('ok.test'))).toEqual(new Set(seqs));
    expect(await deliveries()).toMatchObject([
      { webhook_id: bad, seq: seqs[0], state: 'due' },
      { webhook_id: bad, seq: seqs[2], state: 'due' },
    ]);
  });

  it('takes none of them with it when it comes again: they are delivered once', async () => {
    answers['ok.test'] = OK;
    answers['bad.test'] = STATUS(500);
    await subscribe('ok.test');
    await subscribe('bad.test');
    const seqs = [await event(), await event()];
    await makeFaulty(seqs[0] ?? 0);
    const again = await ringIn({ attempts: 2 }, eventBell(seqs[0] ?? 0));
    expect(again).toEqual({ acked: [], retried: ['0'] });
    await ring(eventBell(seqs[1] ?? 0));
    expect(deliveredTo('ok.test').filter((seq) => seq === seqs[1])).toHaveLength(1);
  });

  it('is not looked for where storage is away: all are retried at once', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seqs = [await event(), await event()];
    const reading = vi
      .spyOn(db, 'batch')
      .mockRejectedValue(new Error('D1_ERROR: Network connection lost.'));
    expect(await ring(...seqs.map(eventBell))).toEqual({ acked: [], retried: ['0', '1'] });
    expect(reading).toHaveBeenCalledTimes(1);
    reading.mockRestore();
    expect(await openSeqs()).toEqual(seqs);
  });
});

describe('the dead-letter queue', () => {
  it('delivers an event that can be delivered by then, and parks nothing', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seq = await event();
    expect(await ringDead(eventBell(seq))).toEqual({ acked: ['0'], retried: [] });
    expect(deliveredTo('ok.test')).toEqual([seq]);
    expect(await openSeqs()).toEqual([]);
    expect(await letters()).toEqual([]);
  });

  it('parks an event that fails again, closes it, and goes on with the rest', async () => {
    answers['ok.test'] = OK;
    answers['bad.test'] = STATUS(500);
    await subscribe('ok.test');
    await subscribe('bad.test');
    const seqs = [await event(), await event()];
    await makeFaulty(seqs[0] ?? 0);
    const startedAt = Date.now();
    expect(await ringDead(...seqs.map(eventBell))).toEqual({ acked: ['0', '1'], retried: [] });
    expect(await openSeqs()).toEqual([]);
    const [letter, ...more] = await letters();
    expect(more).toEqual([]);
    expect(letter).toMatchObject({
      message: JSON.stringify({ kind: 'event', seq: seqs[0] }),
      error: expect.stringContaining('a faulty row'),
    });
    expect(letter?.['created_at']).toBeGreaterThanOrEqual(startedAt);
    expect(logged.filter((line) => line.includes('"dead_letter"'))).toEqual([
      expect.stringContaining(`"stack":"default","kind":"event","reference":${seqs[0]}`),
    ]);
  });

  it('parks an event whose row cannot be read, without a word of what is in it', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seqs = [await event(), await event(), await event()];
    await db.run(sql`update events set chats = 'secret words' where seq = ${seqs[1]}`);
    const first = await ring(...seqs.map(eventBell));
    // What the lane does not park by itself comes here.
    if (first.retried.length > 0) await ringDead(eventBell(seqs[1] ?? 0));
    expect(await openSeqs()).toEqual([]);
    expect(new Set(deliveredTo('ok.test'))).toEqual(new Set([seqs[0], seqs[2]]));
    expect(await letters()).toMatchObject([{ error: expect.stringContaining('SyntaxError') }]);
    expect(JSON.stringify([...(await letters()), ...logged])).not.toContain('secret');
  });

  it('is done with the doorbell of an event that is closed', async () => {
    answers['bad.test'] = STATUS(500);
    await subscribe('bad.test');
    const seq = await event();
    await makeFaulty(seq);
    await db.run(sql`update events set open = null`);
    expect(await ringDead(eventBell(seq))).toEqual({ acked: ['0'], retried: [] });
    expect(await letters()).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('parks nothing that someone else delivered meanwhile', async () => {
    answers['bad.test'] = STATUS(500);
    await subscribe('bad.test');
    const seq = await event();
    await makeFaulty(seq);
    answers['bad.test'] = async () => {
      await db.run(sql`update events set open = null`);
      return new Response(null, { status: 500 });
    };
    expect(await ringDead(eventBell(seq))).toEqual({ acked: ['0'], retried: [] });
    expect(await letters()).toEqual([]);
  });

  it('keeps a message that can be parked no more than worked, and its event open', async () => {
    answers['bad.test'] = STATUS(500);
    await subscribe('bad.test');
    const seq = await event();
    await makeFaulty(seq);
    await forbidParking();
    expect(await ringDead(eventBell(seq))).toEqual({ acked: [], retried: ['0'] });
    expect(await openSeqs()).toEqual([seq]);
  });

  it('parks nothing for an outage of storage, though the letter could be written', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seq = await event();
    const reading = vi
      .spyOn(db, 'batch')
      .mockRejectedValue(new Error('D1_ERROR: D1 DB is overloaded.'));
    expect(await ringDead(eventBell(seq))).toEqual({ acked: [], retried: ['0'] });
    reading.mockRestore();
    expect(await letters()).toEqual([]);
    expect(await openSeqs()).toEqual([seq]);
    expect(await ringDead(eventBell(seq))).toEqual({ acked: ['0'], retried: [] });
    expect(deliveredTo('ok.test')).toEqual([seq]);
  });

  it('keeps one letter for a webhook, however often it fails, with the newest error', async () => {
    const id = await subscribe('ok.test');
    await forbidTurns('first fault');
    await ringDead(webhookBell(id));
    await forbidTurns('second fault');
    const bells = [webhookBell(id), webhookBell(id)];
    expect(await ringDead(...bells)).toEqual({ acked: ['0', '1'], retried: [] });
    expect(await letters()).toMatchObject([
      {
        message: JSON.stringify({ kind: 'webhook', webhook: id }),
        error: expect.stringContaining('second fault'),
      },
    ]);
  });

  it('drops what is for a stack that is not there', async () => {
    const bells = [{ kind: 'event', stack: 'nowhere', seq: 1 }, eventBell(999_999)];
    expect(await ringDead(...bells)).toEqual({ acked: ['0', '1'], retried: [] });
    expect(await letters()).toEqual([]);
  });
});

it.each([
  ['answers 500', STATUS(500)],
  ['answers 410', STATUS(410)],
  ['cannot be reached', undefined],
])('a receiver that %s for ever has no dead letter', async (_name, answer) => {
  if (answer === undefined) delete answers['bad.test'];
  else answers['bad.test'] = answer;
  const id = await subscribe('bad.test');
  const seq = await event();
  await ring(eventBell(seq));
  for (let attempt = 0; attempt < 15; attempt += 1) {
    await db.run(sql`update deliveries set next_at = 1 where state = 'due'`);
    await db.run(sql`update webhooks set probe_at = null`);
    expect(await ring(webhookBell(id))).toEqual({ acked: ['0'], retried: [] });
    expect(await ringDead(eventBell(seq), webhookBell(id))).toMatchObject({ retried: [] });
  }
  expect(await letters()).toEqual([]);
});

it('an event is parked once, and not at all where it is closed', async () => {
  await subscribe('ok.test');
  const [open, closed] = [await event(), await event()];
  await db.run(sql`update events set open = null where seq = ${closed}`);
  for (const now of [1_000, 2_000]) {
    for (const seq of [open, closed]) await db.batch(parkEvent(seq, new Error('unreadable'), now));
  }
  expect(await letters()).toEqual([
    {
      message: JSON.stringify({ kind: 'event', seq: open }),
      error: 'Error: unreadable',
      created_at: 1_000,
    },
  ]);
});
