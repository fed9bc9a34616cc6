import type { Answer } from './answer.ts';
import { json } from './answer.ts';
import { isObject, stringOf, type JsonObject } from './json-object.ts';
import type { ReceivedMessage, SentMessage } from './ledger.ts';
import { READ_MARK } from './message-schema.ts';
import { metaError } from './meta-error.ts';
import { header, readJson, type RouteRequest, shownKey } from './route.ts';
import { templateError } from './sent-template.ts';
import { reportFailure, reportStatuses } from './statuses.ts';
import { messageError, schemaError } from './validate-message.ts';
import { newWamid } from './wamid.ts';
import type { World } from './world.ts';

/** POST /messages: accepts a message or a read mark, or answers Meta's error for it. */
export async function sendMessage(world: World, request: RouteRequest): Promise<Answer> {
  const contentType = header(request.message, 'content-type') ?? '';
  const body = await readJson(request.message);
  if (!contentType.startsWith('application/json')) {
    return metaError(400, 100, 'The Content-Type must be application/json');
  }
  if (!isObject(body)) return metaError(400, 100, 'The body must be a JSON object');
  if (body['status'] !== undefined) return markRead(world, body);
  return accept(world, body, shownKey(request.message) ?? '');
}

function markRead({ ledger }: World, body: JsonObject): Answer {
  const problem = schemaError(READ_MARK, body, []);
  if (problem) return problem;
  const messageId = stringOf(body, 'message_id') ?? '';
  if (!ledger.inboundIds.has(messageId)) {
    return metaError(400, 131009, `Message ID ${messageId} is not known`);
  }
  ledger.reads.push({ messageId, typing: body['typing_indicator'] !== undefined, at: Date.now() });
  return json(200, { success: true });
}

function accept(world: World, body: JsonObject, apiKey: string): Answer {
  const problem = messageError(body, (id) => world.media.get(id)?.origin === 'upload');
  if (problem) return problem;

  const to = stringOf(body, 'to') ?? stringOf(body, 'recipient') ?? '';
  if (to === world.number.displayPhoneNumber.replaceAll(/\D/g, '')) {
    return metaError(400, 131021, 'Recipient phone number cannot be the sender phone number');
  }
  const wrong = templateError(world.account.templates, body);
  if (wrong) return wrong;
  const excess = world.rate.admit(to, performance.now());
  if (excess) {
    world.ledger.violations.push({ kind: excess, to, at: Date.now() });
    return excess === 'number'
      ? metaError(403, 130429, 'Cloud API message throughput has been reached.')
      : metaError(400, 131056, 'Too many messages sent to this phone number in a short time.');
  }

  const sent: SentMessage = { wamid: newWamid(to), to, body, at: Date.now(), apiKey };
  const received = asReceived(sent);
  world.ledger.sent.push(sent);
  if (isTooLate(world, sent)) {
    // WhatsApp takes it and finds out later.
    void reportFailure(world, sent, TOO_LATE);
  } else {
    world.ledger.receive(to, received);
    void reportStatuses(world, sent, received);
  }
  const found = body['to'] === undefined ? { user_id: to } : { wa_id: to };
  return json(200, {
    messaging_product: 'whatsapp',
    contacts: [{ input: to, ...found }],
    messages: [{ id: sent.wamid, message_status: 'accepted' }],
  });
}

const DAY_MS = 24 * 60 * 60 * 1_000;

const TOO_LATE = {
  code: 131047,
  title: 'Re-engagement message',
  message: 'Re-engagement message',
  error_data: {
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
};

/** Whether it would have to be a template, since the customer has not written within a day. */
function isTooLate({ account, openWindows }: World, { to, body }: SentMessage): boolean {
  if (openWindows || body['type'] === 'template' || body['recipient_type'] === 'group')
    return false;
  return (account.lastWrote.get(to) ?? 0) < Date.now() - DAY_MS;
}

/** The message as the phone shows it: its content and context, without addresses. */
function asReceived({ wamid, body, at }: SentMessage): ReceivedMessage {
  const type = stringOf(body, 'type') ?? '';
  const context = body['context'] === undefined ? {} : { context: body['context'] };
  return { id: wamid, type, [type]: body[type], ...context, at, statuses: [] };
}
