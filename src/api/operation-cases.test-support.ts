import { sql, type SQL } from 'drizzle-orm';
import {
  ACTIVATION_CODE,
  ADA,
  ADAS_MESSAGE,
  ADAS_PHOTO,
  PASSWORD,
  PEOPLE,
} from './small-world.test-support.ts';

/** How an operation is asked, and which statuses the four who ask are answered with. */
export interface OperationCase {
  params?: Readonly<Record<string, string | number>>;
  query?: string;
  json?: object;
  file?: Uint8Array<ArrayBuffer>;
  /** What the world needs beside what it has. */
  also?: SQL;
  /** 403 unless said: whoever is not signed in. */
  anonymous?: number;
  app: number;
  outsider: number;
  admin: number;
}

type Asked = Omit<OperationCase, 'anonymous' | 'app' | 'outsider' | 'admin'>;

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);

/** The same for all who are signed in. */
function everyone(status: number, asked: Asked = {}): OperationCase {
  return { ...asked, app: status, outsider: status, admin: status };
}

/** The same for all, signed in or not. */
function open(status: number, asked: Asked = {}): OperationCase {
  return { ...everyone(status, asked), anonymous: status };
}

/** Works for those who may read (and write to) the chat with Ada. */
function insiders(status: number, asked: Asked = {}, outsider = 404): OperationCase {
  return { ...asked, app: status, outsider, admin: status };
}

function admins(status: number, asked: Asked = {}, others = 403): OperationCase {
  return { ...asked, app: others, outsider: others, admin: status };
}

const ada = { params: { wa_id: ADA } };
const first = { params: { id: 1 } };
const outsider = { params: { id: PEOPLE.outsider } };
const delivery = { params: { id: '1-1' } };
const replay = { params: { id: 1, replay: 1 } };

/** A case for every operation of the API; a new one has to be told here who may use it. */
export const CASES: Readonly<Record<string, OperationCase>> = {
  activateUser: open(200, { params: { code: ACTIVATION_CODE } }),
  apiRoot: open(200),
  logOut: open(200),
  createAuthToken: open(200, { json: { username: 'app', password: PASSWORD } }),
  convertRefreshToken: open(400, { json: { refresh_token: 'unknown' } }),
  convertIdToken: open(400, { json: { id_token: 'unknown' } }),
  resetAuthToken: everyone(200),
  retrieveRefreshToken: { ...outsider, app: 403, outsider: 200, admin: 200 },

  listUsers: everyone(200),
  createNewUser: admins(201, { json: { username: 'another' } }),
  retrieveCurrentUser: everyone(200),
  changeMyPassword: everyone(200, {
    json: { current_password: PASSWORD, new_password: 'battery staple' },
  }),
  retrieveUser: everyone(200, outsider),
  updateUser: admins(200, {
    ...outsider,
    json: {
      username: 'outsider',
      email: '',
      permissions: { can_use_tags: true, can_read_chats: 'none', can_write_to_chats: 'none' },
    },
  }),
  partialUpdateUser: {
    ...outsider,
    json: { first_name: 'Otto' },
    app: 403,
    outsider: 200,
    admin: 200,
  },
  changeUserPassword: admins(200, { ...outsider, json: { password: 'battery staple' } }),
  updateUserAvailability: {
    ...outsider,
    json: { is_available: false },
    app: 403,
    outsider: 200,
    admin: 200,
  },
  listGroups: everyone(200),
  retrieveGroup: everyone(200, first),

  listTemplates: everyone(200),
  createTemplate: everyone(201, {
    json: {
      name: 'bye',
      category: 'UTILITY',
      language: 'en',
      components: [{ type: 'BODY', text: 'Bye!' }],
    },
  }),
  checkTemplateRefreshStatus: everyone(200),
  issueTemplateRefreshRequest: everyone(200),
  destroyTemplate: everyone(204, { params: { name: 'hello' } }),

  retrieveBusinessProfileSettings: everyone(200),
  partialUpdateBusinessProfileSettings: admins(200, { json: { address: 'Main St 1' } }),
  retrieveProfileAbout: everyone(200),
  updateProfileAbout: admins(200, { json: { text: 'Open' } }),
  retrieveProfilePhoto: everyone(404),
  updateProfilePhoto: admins(200, { file: PNG }),
  deleteProfilePhoto: admins(204),
  checkSettingsRefreshStatus: everyone(200),
  issueSettingsRefreshRequest: everyone(200),

  listBlockedContacts: everyone(200),
  verifyContacts: everyone(200, { json: { contacts: ['+48 111 111 111'] } }),
  listContacts: everyone(200),
  resolveContact: insiders(200, ada),
  blockContact: insiders(200, { ...ada, json: {} }),
  unblockContact: insiders(200, { ...ada, json: {} }),
  reportContact: insiders(200, { ...ada, json: {} }),
  listWhatsAppAccounts: everyone(200),
  listHealthStatuses: everyone(200),
  listWabaErrors: everyone(200),
  retrieveWabaError: insiders(200, first),

  listMessages: everyone(200),
  createMessage: insiders(202, { json: { wa_id: ADA, type: 'text', text: { body: 'Hi!' } } }, 403),
  retrieveMessage: insiders(200, { params: { id: ADAS_MESSAGE } }),
  createReceivedMessageMark: insiders(201, { json: { customer_wa_id: ADA, timestamp: 100 } }, 400),
  listChats: everyone(200),
  retrieveChat: insiders(200, ada),
  resolveChat: insiders(200, { ...ada, json: { resolved: true } }),
  retrieveChatAssignment: insiders(200, ada),
  updateChatAssignment: insiders(200, { ...ada, json: { wa_id: ADA, assigned_to_user: 2 } }),
  partialUpdateChatAssignment: insiders(200, { ...ada, json: { assigned_to_user: 2 } }),
  listChatAssignmentEvents: everyone(200),
  listSavedResponses: everyone(200),
  createSavedResponse: everyone(201, { json: { text: 'Bye!' } }),
  deleteSavedResponse: { ...first, app: 204, outsider: 403, admin: 204 },
  listPeople: everyone(200),
  retrievePerson: insiders(200, ada),
  erasePerson: admins(204, ada),

  createChatImport: insiders(
    201,
    {
      json: {
        chat_text: '31.01.22, 21:05 - Ada: Hello',
        chat_participants: [{ name: 'Ada', phone_number: ADA }],
        utc_offset_minutes: 60,
        device_language_code: 'de-DE',
        media_files: [],
      },
    },
    403,
  ),

  listTags: everyone(200),
  createTag: insiders(201, { json: { name: 'New' } }, 403),
  destroyTag: insiders(204, { params: { id: 2 } }, 403),
  createChatTagging: insiders(201, { json: { tag: 2, chat: ADA } }, 403),
  retrieveChatTagging: insiders(200, first),
  destroyChatTagging: insiders(204, first, 403),
  listChatTaggingEvents: everyone(200),
  createMessageTagging: insiders(201, { json: { tag: 2, message: ADAS_MESSAGE } }, 403),
  retrieveMessageTagging: insiders(200, first),
  destroyMessageTagging: insiders(204, first, 403),
  listMessageTaggingEvents: everyone(200),

  createMediaFile: everyone(201, { file: PNG }),
  createMediaLink: insiders(200, { params: { id: ADAS_PHOTO } }),
  retrieveMediaFile: insiders(200, { params: { id: ADAS_PHOTO } }),

  listWabaWebhooks: everyone(200),
  createWabaWebhook: everyone(201, { json: { url: 'https://example.com/new' } }),
  retrieveWabaWebhook: admins(200, first, 404),
  updateWabaWebhook: admins(200, { ...first, json: { url: 'https://example.com/new' } }, 404),
  partialUpdateWabaWebhook: admins(200, { ...first, json: { on_assigned: true } }, 404),
  deleteWabaWebhook: admins(204, first, 404),
  testWabaWebhook: admins(200, first, 404),
  pauseWabaWebhook: admins(200, first, 404),
  resumeWabaWebhook: admins(200, { ...first, also: sql`update webhooks set is_enabled = 0` }, 404),
  listWabaWebhookEvents: admins(200, first, 404),
  rotateWabaWebhookSecret: admins(200, { ...first, json: {} }, 404),

  listDeliveries: everyone(200),
  listWabaWebhookDeliveries: admins(200, first, 404),
  retrieveDelivery: admins(200, delivery, 404),
  retryDelivery: admins(200, delivery, 404),
  skipDelivery: admins(200, delivery, 404),
  createReplay: admins(201, { ...first, json: {}, also: sql`delete from replays` }, 404),
  listReplays: admins(200, first, 404),
  retrieveReplay: admins(200, replay, 404),
  pauseReplay: admins(200, replay, 404),
  resumeReplay: admins(200, { ...replay, also: sql`update replays set state = 'paused'` }, 404),
  cancelReplay: admins(200, replay, 404),
  listDeadLetters: admins(200),
  retryDeadLetters: admins(200),
  retryDeadLetter: admins(200, first),
  deleteDeadLetter: admins(204, first),

  exportRows: admins(200, { params: { table: 'messages' } }),
  // The world has something of its own.
  importRows: admins(409, { params: { table: 'messages' } }),
  importFile: admins(409, { params: { id: ADAS_PHOTO } }),
  finishImport: admins(409),

  // The world has no e-mail; the user is the newcomer.
  resendActivationEmailNotification: admins(503, { json: { user: PEOPLE.newcomer } }),

  listFcmDeviceTokens: everyone(200),
  registerFcmDeviceToken: everyone(201, { json: { token: 'abc' } }),
  updateFcmDeviceToken: { ...first, json: { token: 'abc' }, app: 404, outsider: 200, admin: 404 },
  deregisterFcmDeviceToken: { ...first, app: 404, outsider: 204, admin: 404 },
};
