import { sql, type SQL } from 'drizzle-orm';
import {
  chatsAsStored,
  insertEvent,
  type NewEvent,
  placeContents,
  type WrittenEvent,
} from '../events/event.ts';
import { KINDS } from '../events/kinds.ts';
import { saveNames, upsertChats } from '../inbox/chats/chat-rows.ts';
import { moveChats } from '../inbox/chats/move-chats.ts';
import { recordReferrals } from '../inbox/chats/record-referrals.ts';
import { recordGroups } from '../inbox/groups/record-groups.ts';
import { applyChanges, selectChanged } from '../inbox/messages/apply-changes.ts';
import {
  advanceMessages,
  type FilledRow,
  fillMessages,
  insertMessages,
  type NewMessageRow,
} from '../inbox/messages/message-rows.ts';
import { askForNumberId, countForeign } from '../inbox/profile/foreign-numbers.ts';
import { changeTemplates } from '../inbox/templates/change-templates.ts';
import { type Database, jsonChunks } from '../store/database.ts';
import type { Files } from '../store/files.ts';
import { DIGEST_LIFE_MS } from './known.ts';
import type { IngestPlan } from './plan.ts';
import type { ChatWrite } from './plan-chats.ts';
import { PLACEHOLDER } from './plan-messages.ts';
import { progressOf } from './plan-statuses.ts';

/** The event of a body, and what else was written that has to be rung for. */
export interface RecordedEvent extends WrittenEvent {
  /** Events beside it that a subscriber has to be told of, by their sequence numbers. */
  openBeside: number[];
}

/**
 * Writes plans that have nothing in common (`nothingInCommon`): one D1 batch, so all of it or nothing, of a
 * number of statements that grows neither with the bodies nor, but for the event itself, with their
 * count. Throws a unique violation where another request has stored some of it meanwhile; the caller
 * then plans anew. Returns the event of each plan; what is open beside all of them comes with the first.
 */
export async function recordPlans(
  db: Pick<Database, 'batch'>,
  files: Files,
  plans: readonly IngestPlan[],
): Promise<RecordedEvent[]> {
  const events = await Promise.all(plans.map(({ event }) => eventStatement(files, event)));
  const all = joined(plans);
  const changed = new Set(all.changed);
  const overlooked = selectChanged(
    all.messages.flatMap(({ wabaId }) => (changed.has(wabaId) ? [] : [wabaId])),
  );
  const first = [...overlooked, ...plans.flatMap(forgetOldDigest), ...moveChats(all.moves)];
  const outgoing = plans.flatMap(({ outgoing: event }) => event ?? []);
  const beside = [
    ...reopenChats(all.chats, all.now),
    ...(await Promise.all(outgoing.map((event) => eventStatement(files, event)))),
  ];
  const results = await db.batch<(WrittenEvent & { original: string })[][]>([
    ...first,
    ...beside,
    ...insertMessages(messageRows(all)),
    ...fillMessages(filledRows(all), PLACEHOLDER),
    ...applyChanges(all.changed),
    ...upsertChats(all.chats.map(({ person: _person, referral: _referral, ...chat }) => chat)),
    ...recordReferrals(all.chats),
    ...recordGroups(all.groups),
    ...saveNames(all.savedNames),
    ...insertMedia(all),
    ...insertStatuses(all),
    ...advanceMessages(progressOf(all.statuses)),
    ...insertErrors(all),
    ...changeTemplates(all.templates, all.now),
    ...(all.foreign.length > 0 ? [countForeign(all.foreign, all.now)] : []),
    ...(all.asksNumber ? [askForNumberId(all.now)] : []),
    ...events,
  ]);
  const late = results.slice(0, overlooked.length).flat();
  // An edit that another request stored since the look before the plan.
  if (late.length > 0) await db.batch(applyChanges(late.map(({ original }) => original)));
  const written = results.slice(-events.length).flat();
  if (written.length < plans.length) throw new Error('An event was not written.');
  const others = results.slice(first.length, first.length + beside.length).flat();
  const openBeside = others.filter(({ open }) => open === 1).map(({ seq }) => seq);
  return written.map((event, index) => ({ ...event, openBeside: index === 0 ? openBeside : [] }));
}

async function eventStatement(files: Files, event: NewEvent): Promise<SQL> {
  return insertEvent(event, await placeContents(files, event));
}

/** What several plans write, but for their events. */
type Joined = Omit<IngestPlan, 'event' | 'outgoing'> & { now: number };

function joined(plans: readonly IngestPlan[]): Joined {
  return {
    // Those that are written at once came within moments of each other.
    now: Math.max(...plans.map(({ event }) => event.createdAt)),
    moves: plans.flatMap(({ moves }) => moves),
    chats: plans.flatMap(({ chats }) => chats),
    messages: plans.flatMap(({ messages }) => messages),
    statuses: plans.flatMap(({ statuses }) => statuses),
    errors: plans.flatMap(({ errors }) => errors),
    templates: plans.flatMap(({ templates }) => templates),
    changed: [...new Set(plans.flatMap(({ changed }) => changed))],
    fills: plans.flatMap(({ fills }) => fills),
    groups: plans.flatMap(({ groups }) => groups),
    savedNames: plans.flatMap(({ savedNames }) => savedNames),
    foreign: plans.flatMap(({ foreign }) => foreign),
    asksNumber: plans.some(({ asksNumber }) => asksNumber),
  };
}

/** A digest older than its life makes room, or the body could never be taken again. */
function forgetOldDigest({ event }: IngestPlan): SQL[] {
  if (event.digest === null) return [];
  const oldest = event.createdAt - DIGEST_LIFE_MS;
  return [
    sql`update events set digest = null where digest = ${event.digest} and created_at <= ${oldest}`,
  ];
}

/**
 * The statements that tell of resolved chats which a customer's new message opens again: an event each,
 * returned as `WrittenEvent`; nearly always none. They come before the statements that open them.
 */
function reopenChats(chats: readonly ChatWrite[], now: number): SQL[] {
  const reopened = chats
    .filter((chat) => chat.isReopened)
    .map(({ waId }) => ({ waId, id: crypto.randomUUID() }));
  return jsonChunks(reopened).map(
    (json) => sql`
      insert into events (id, kind, created_at, open, extended, headers, fields, chats, incoming)
      select j.value->>'id', 'resolved', ${now},
        (select 1 from webhooks w where w.is_enabled = 1 and ${KINDS.resolved.isWanted} limit 1),
        json_object('chat_resolved', json_object('wa_id', c.wa_id, 'resolved', json('false'))), '{}', '[]',
        ${chatsAsStored(sql`json_array(json_object('wa_id', c.wa_id, 'assigned_user_id', c.assigned_user_id,
          'assigned_group_id', c.assigned_group_id, 'resolved', 0))`)}, '[]'
      from json_each(${json}) j join chats c on c.wa_id = j.value->>'waId'
      where c.resolved = 1 order by j.key returning seq, open`,
  );
}

function messageRows({ messages }: Joined): NewMessageRow[] {
  return messages.map(({ source, rank, searchText }) => ({
    ...source,
    rank,
    search_text: searchText,
  }));
}

function filledRows({ fills }: Joined): FilledRow[] {
  return fills.map(({ media, searchText, ...fill }) => ({
    ...fill,
    search_text: searchText,
    media_id: media?.uuid ?? null,
  }));
}

function insertMedia({ messages, fills, now }: Joined): SQL[] {
  const files = [...messages, ...fills].flatMap(({ media }) => media ?? []);
  return jsonChunks(files).map(
    (json) => sql`
      insert into media (id, waba_id, state, mime_type, filename, next_at, created_at)
      select value->>'uuid', value->>'id', 'pending', value->>'mimeType', value->>'filename',
        ${now}, ${now}
      from json_each(${json})`,
  );
}

function insertStatuses({ statuses }: Joined): SQL[] {
  // What is shown to subscribers may be as large as the body, and is not in this table.
  const rows = statuses.map(({ wabaId, status, participant, timestamp, payload }) => ({
    wabaId,
    status,
    participant,
    timestamp,
    payload,
  }));
  return jsonChunks(rows).map(
    (json) => sql`
      insert into statuses (waba_id, status, participant, timestamp, payload)
      select value->>'wabaId', value->>'status', value->>'participant', value->>'timestamp', value->>'payload'
      from json_each(${json})`,
  );
}

function insertErrors({ statuses, errors, now }: Joined): SQL[] {
  const failures = statuses
    .filter((status) => status.status === 'failed' && status.messageId !== null)
    .map(({ messageId, wabaId, payload }) => ({ messageId, wabaId, payload }));
  const rows = [
    ...failures,
    ...errors.map((payload) => ({ messageId: null, wabaId: null, payload })),
  ];
  return jsonChunks(rows).map(
    (json) => sql`
      insert into waba_errors (message_id, waba_id, payload, timestamp)
      select value->>'messageId', value->>'wabaId', value->>'payload', ${Math.floor(now / 1000)}
      from json_each(${json})`,
  );
}
