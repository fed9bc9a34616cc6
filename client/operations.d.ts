// Written by `npm run docs`.

export type Token = { "token": string };
export type Activated = { "detail": string };
export type Detail = { "detail": string };
export type Problems = Record<string, unknown>;
export type RefreshToken = { "refresh_token": string };
export type User = { "url": string; "id": number; "username": string; "first_name": string; "last_name": string; "email": string; "profile": { "role": ("admin" | "user" | "app"); "is_available": boolean }; "is_active": boolean; "groups": Array<{ "id": number; "name": string }>; "permissions": { "can_use_tags": boolean; "can_read_chats": ("all" | "group" | "user" | "none"); "can_write_to_chats": ("all" | "group" | "user" | "none") } };
export type CreatedUser = (User) & ({ "activation_url": string });
export type NewUser = { "username": string; "first_name"?: string; "last_name"?: string; "email"?: string; "profile"?: { "role"?: ("admin" | "user" | "app") }; "permissions"?: { "can_use_tags"?: boolean; "can_read_chats"?: ("all" | "group" | "user" | "none"); "can_write_to_chats"?: ("all" | "group" | "user" | "none") } };
export type WholeUser = (UserChanges) & Required<Pick<(UserChanges), "username" | "email" | "permissions">>;
export type UserChanges = { "username"?: string; "first_name"?: string; "last_name"?: string; "email"?: string; "profile"?: { "role"?: ("admin" | "user" | "app"); "is_available"?: boolean }; "permissions"?: { "can_use_tags"?: boolean; "can_read_chats"?: ("all" | "group" | "user" | "none"); "can_write_to_chats"?: ("all" | "group" | "user" | "none") }; "is_active"?: boolean; "group_ids"?: Array<number> };
export type Availability = { "is_available": boolean };
export type Template = { "id": (string | null); "name": string; "language": string; "category": string; "components": Array<unknown>; "namespace": string; "rejected_reason": string; "status": string };
export type Reason = { "detail": string; "reason": string };
export type NewTemplate = { "name": string; "category": string; "language": string; "components": Array<Record<string, unknown>>; "allow_category_change"?: boolean; "parameter_format"?: string; "message_send_ttl_seconds"?: number; "cta_url_link_tracking_opted_out"?: boolean; "sub_category"?: string };
export type BusinessProfile = { "about": string; "address": string; "description": string; "email": string; "messaging_product": "whatsapp"; "vertical": string; "websites": Array<string> };
export type BusinessProfileChange = { "about"?: string; "address"?: string; "description"?: string; "email"?: string; "messaging_product"?: "whatsapp"; "vertical"?: ("Automotive" | "Beauty, Spa and Salon" | "Clothing and Apparel" | "Education" | "Entertainment" | "Event Planning and Service" | "Finance and Banking" | "Food and Grocery" | "Public Service" | "Hotel and Lodging" | "Medical and Health" | "Non-profit" | "Professional Services" | "Shopping and Retail" | "Travel and Transportation" | "Restaurant" | "Other" | "Alcoholic Beverages" | "Online Gambling & Gaming" | "Non-Online Gambling & Gaming" | "Over-the-Counter Drugs" | "Not a Business" | "Matrimonial Service" | "AUTO" | "BEAUTY" | "APPAREL" | "EDU" | "ENTERTAIN" | "EVENT_PLAN" | "FINANCE" | "GROCERY" | "GOVT" | "HOTEL" | "HEALTH" | "NONPROFIT" | "PROF_SERVICES" | "RETAIL" | "TRAVEL" | "RESTAURANT" | "OTHER" | "ALCOHOL" | "ONLINE_GAMBLING" | "PHYSICAL_GAMBLING" | "OTC_DRUGS" | "NOT_A_BIZ" | "MATRIMONY_SERVICE" | ""); "websites"?: Array<string> };
export type ProfileAbout = { "settings": { "profile": { "about": { "text": string } } } };
export type ProfileAboutChange = { "settings"?: { "profile": { "about": { "text": string } } }; "text"?: string };
export type RefreshStatus = { "currently_refreshing": boolean };
export type RefreshRequest = Record<string, never>;
export type WhatsAppAccount = { "phone_number": string; "this_instance": boolean };
export type HealthStatus = { "check_name": string; "is_ok": boolean; "message": string };
export type WabaError = { "id": number; "waba_payload": { "errors": Array<Record<string, unknown>>; [field: string]: unknown }; "timestamp": number; "waba_id": (string | null); "getchat_id": (string | null) };
export type BlockedContacts = { "contacts": Array<{ "input": string; "wa_id": string }>; "pagination": { "count": number; "next": (string | null); "previous": (string | null); "limit": number; "offset": number } };
export type VerifiedContacts = { "contacts": Array<{ "input": string; "status": ("valid" | "invalid"); "wa_id"?: string }> };
export type ContactVerification = { "blocking"?: ("no_wait" | "wait"); "contacts": Array<string>; "force_check"?: boolean };
export type ContactBlock = { "reason"?: string };
export type ContactReport = { "reason"?: string; "block"?: boolean; "message_id"?: string };
export type Contacts = { "count": number; "results": Array<Contact>; "failed_providers": Array<{ "type": ("http" | "inbox"); "name": string; "id": string; "reason": string }> };
export type Contact = { "name": string; "initials": string; "phone_numbers": Array<{ "phone_number": string; "description": string }>; "email_addresses": Array<string>; "urls": Array<string>; "avatar": (string | null); "large_avatar": (string | null); "contact_provider": { "type": ("http" | "inbox"); "name": string; "id": string } };
export type ResolvedContact = { "person": (Person | null); "contact_provider_results": Array<Contact>; "failed_providers": Array<{ "type": ("http" | "inbox"); "name": string; "id": string; "reason": string }> };
export type Person = { "wa_id": string; "waba_payload"?: unknown; "initials": string; "last_message_timestamp": (number | null); "messaging_window_expires_at": (number | null); "resolved": boolean };
export type Message = { "id": string; "waba_payload": Record<string, unknown>; "waba_statuses": { "sent": (number | null); "delivered": (number | null); "read": (number | null) }; "contact": (Person | null); "from_us": boolean; "received": boolean; "sender": (User | null); "context"?: (Record<string, unknown> | null); "customer_wa_id": string; "tags": Array<TagOn>; "chat_tags": Array<TagOn>; "is_failed": boolean; "resend_payload": (Record<string, unknown> | null); "participant": Participant; "is_deleted": boolean; "edited_at": (number | null); "origin": ("business_app" | "history" | null) };
export type TagOn = (Tag) & ({ "tagging_id": number });
export type Tag = { "id": number; "name": string; "web_inbox_color": (string | null) };
export type Participant = ({ "wa_id": (string | null); "user_id": (string | null); "name": string } | null);
export type AcceptedMessage = { "reason": string; "id": string };
export type ReceivedMessageMark = { "timestamp": number; "customer_wa_id": string };
export type Chat = { "contact": Person; "new_messages": number; "wa_id": string; "last_message": (Message | null); "assigned_to_user": (User | null); "assigned_group": ({ "id": number; "name": string } | null); "tags": Array<TagOn>; "kind": ("individual" | "group"); "group": WhatsappGroup };
export type WhatsappGroup = ({ "subject": string; "description": string; "participants": Array<Participant>; "invite_link": (string | null); "join_approval_mode": (string | null); "is_suspended": boolean; "is_deleted": boolean } | null);
export type ResolvedChat = { "wa_id": string; "resolved": boolean };
export type ChatAssignment = { "wa_id": string; "assigned_to_user": (number | null); "assigned_group": (number | null) };
export type ChatAssignmentChange = { "wa_id"?: string; "assigned_to_user"?: (number | null); "assigned_group"?: (number | null) };
export type ChatAssignmentEvent = { "wa_id": string; "timestamp": number; "assigned_to_user_set": (User | null); "assigned_to_user_was_cleared": boolean; "assigned_group_set": ({ "id": number; "name": string } | null); "assigned_group_was_cleared": boolean; "done_by": (User | null) };
export type SavedResponse = { "id": number; "text": string; "created_by": string; "timestamp": number };
export type NewSavedResponse = { "text": string };
export type ErasureLeft = { "messages_left": number; "events_left": number };
export type NewTag = { "name": string; "web_inbox_color"?: string };
export type ChatTagging = { "id": number; "tag": number; "chat": string; "extra": (Record<string, unknown> | null) };
export type NewChatTagging = { "tag": number; "extra"?: (Record<string, unknown> | null); "chat": string };
export type ChatTaggingEvent = { "timestamp": number; "action": ("added" | "removed"); "tag": Tag; "extra": (Record<string, unknown> | null); "done_by": User; "chat": string };
export type MessageTagging = { "id": number; "tag": number; "message": string; "extra": (Record<string, unknown> | null) };
export type NewMessageTagging = { "tag": number; "extra"?: (Record<string, unknown> | null); "message": string };
export type MessageTaggingEvent = { "timestamp": number; "action": ("added" | "removed"); "tag": Tag; "extra": (Record<string, unknown> | null); "done_by": User; "message": string };
export type MediaFile = { "file": string; "id": string };
export type MediaLink = { "url": string; "expires_at": number };
export type WabaWebhook = { "id": number; "user": { "id": number; "username": string; "url": string }; "url": string; "on_incoming_message": boolean; "on_outgoing_message": boolean; "on_assigned": boolean; "on_cloud_api": boolean; "on_webhook_disabled": boolean; "fields": (Array<string> | null); "headers": Record<string, string>; "has_app_secret": boolean; "dialect": ("getchat" | "chatapp" | "qontak" | "chattu"); "dialect_events": (Array<string> | null); "schedule": ("default" | "short" | "long"); "ordering": ("none" | "chat"); "rate_limit": (number | null); "rate_limit_per": ("second" | "minute"); "is_enabled": boolean; "is_paused": boolean; "disabled_reason": (string | null); "breaker": ("closed" | "open" | "half_open"); "failing_since": (number | null); "last_error": (string | null); "last_error_at": (number | null); "counters": { "delivered": number; "failed": number; "pending": number }; "created_at": number; "warnings": Array<string> };
export type CreatedWabaWebhook = (WabaWebhook) & ({ "secret": string });
export type NewWabaWebhookRequest = (WabaWebhookRequest) & ({ "secret"?: string });
export type WabaWebhookRequest = { "url": string; "on_incoming_message"?: boolean; "on_outgoing_message"?: boolean; "on_assigned"?: boolean; "on_cloud_api"?: boolean; "on_webhook_disabled"?: boolean; "fields"?: (Array<string> | null); "headers"?: Record<string, unknown>; "app_secret"?: (string | null); "schedule"?: ("default" | "short" | "long"); "ordering"?: ("none" | "chat"); "rate_limit"?: (number | null); "rate_limit_per"?: ("second" | "minute"); "is_enabled"?: boolean };
export type PatchedWabaWebhookRequest = { "url"?: string; "on_incoming_message"?: boolean; "on_outgoing_message"?: boolean; "on_assigned"?: boolean; "on_cloud_api"?: boolean; "on_webhook_disabled"?: boolean; "fields"?: (Array<string> | null); "headers"?: Record<string, unknown>; "app_secret"?: (string | null); "schedule"?: ("default" | "short" | "long"); "ordering"?: ("none" | "chat"); "rate_limit"?: (number | null); "rate_limit_per"?: ("second" | "minute"); "is_enabled"?: boolean };
export type WabaWebhookTest = { "status"?: (number | null); "error"?: ("timeout" | "dns" | "refused" | "reset" | "tls" | "connection" | "refused_url" | null); "latency_ms"?: number; "response_headers"?: (Record<string, string> | null); "response_body"?: (string | null) };
export type FailedWabaWebhookTest = { "status"?: (number | null); "error"?: ("timeout" | "dns" | "refused" | "reset" | "tls" | "connection" | "refused_url" | null); "latency_ms"?: number; "response_headers"?: (Record<string, string> | null); "response_body"?: (string | null); "reason": string; [field: string]: unknown };
export type WabaWebhookEvent = ({ "sequence": number; "webhook_id": string; "created_at": number; "shape": "cloud_api"; "body": string } | { "sequence": number; "webhook_id": string; "created_at": number; "shape": "extended"; "payload": Record<string, unknown> } | { "sequence": number; "webhook_id": string; "created_at": number; "shape": "dialect"; "parts": Array<{ "webhook_id": string; "payload"?: unknown }> });
export type RotatedSecret = { "secret": string; "old_secret_valid_until": (number | null) };
export type SecretRotationRequest = { "grace_seconds"?: number; "secret"?: string };
export type Delivery = { "id": string; "webhook": number; "sequence": number; "webhook_id": string; "kind": ("waba" | "outgoing" | "failure" | "webhook" | "assignment" | "assigned" | "resolved" | "availability" | "tagging"); "chats": Array<string>; "state": ("due" | "delivered" | "dead" | "dropped"); "attempts": number; "status": (number | null); "error": ("timeout" | "dns" | "refused" | "reset" | "tls" | "connection" | "refused_url" | "lost" | "poison" | null); "last_error": (string | null); "latency_ms": (number | null); "attempted_at": (number | null); "attempted_at_ms": (number | null); "created_at": number; "created_at_ms": number; "next_attempt_at": (number | null); "next_attempt_at_ms": (number | null); "waiting_for": ("schedule" | "breaker" | "rate_limit" | "order" | "turn" | "paused" | "disabled" | "replay" | null); "waiting_until": (number | null); "waiting_until_ms": (number | null); "replay": (number | null); "part": number };
export type RetrievedDelivery = (Delivery) & ({ "attempts_log": Array<DeliveryAttempt> });
export type DeliveryAttempt = { "number": number; "at": number; "at_ms": number; "status": (number | null); "error": ("timeout" | "dns" | "refused" | "reset" | "tls" | "connection" | "refused_url" | "lost" | "poison" | null); "latency_ms": number; "request_headers": (Record<string, string> | null); "response_headers": (Record<string, string> | null); "response_body": (string | null); "replay": (number | null); "part": number };
export type Replay = { "id": number; "webhook": number; "state": ("running" | "paused" | "done" | "cancelled"); "filter": Record<string, unknown>; "per_second": number; "total": (number | null); "queued": number; "delivered": number; "dead": number; "dropped": number; "pending": number; "created_at": number; "ended_at": (number | null) };
export type ReplayRequest = { "after"?: number; "before"?: number; "after_sequence"?: number; "until_sequence"?: number; "states"?: Array<("delivered" | "dead" | "dropped" | "none")>; "kinds"?: Array<("waba" | "outgoing" | "failure" | "webhook" | "assignment" | "assigned" | "resolved" | "availability" | "tagging")>; "chats"?: Array<string>; "missed"?: boolean; "per_second"?: number; "dry_run"?: boolean };
export type DeadLetter = { "id": number; "kind": ("event" | "webhook" | "media" | "replay" | "push" | "refresh"); "reference": (number | string); "error": string; "created_at": number };
export type FcmDeviceToken = { "id": number; "token": string; "user": User; "last_seen": string };
export type NewFcmDeviceToken = { "token": string };
export type ActivationEmail = { "user"?: number };
export type FinishedImport = { "rows": Record<string, number> };
export type ImportedRows = { "rows": number; "stored": number; "kept": number };

/** What operations take (`params` in the path, `query`, `headers`, `body`) and give (`answer`). */
export interface Operations {
  /** GET /api/v1/: Open to all: where to go from here, and the cookie `csrftoken`. */
  apiRoot: { answer: Record<string, string> };
  /** GET /api/v1/auth/logout/: Ends the session of this browser; tokens stay. */
  logOut: { answer: Record<string, never> };
  /** POST /api/v1/auth/token/ */
  createAuthToken: { body: { "username": string; "password": string }; answer: Token };
  /** POST /api/v1/auth/convert_refresh_token/: Answers the token of the user whose refresh token this is, which is used up by it. */
  convertRefreshToken: { body: { "refresh_token": string; "keep_refresh_token"?: boolean }; answer: Token };
  /** POST /api/v1/auth/convert_id_token/: As `convertRefreshToken`, by the name of older clients. */
  convertIdToken: { body: { "id_token": string }; answer: Token };
  /** POST /api/v1/auth/token/reset/: Replaces your token; the one before, other sessions and your refresh token end at once. */
  resetAuthToken: { answer: Token };
  /** GET /api/v1/auth/refresh_token/{id}/: With it a user can be signed in without a password; it changes with each use. */
  retrieveRefreshToken: { params: { 'id': number }; answer: RefreshToken };
  /** GET /api/v1/users/ */
  listUsers: { query?: { 'limit'?: number; 'offset'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<User> } };
  /** POST /api/v1/users/ */
  createNewUser: { body: NewUser; answer: CreatedUser };
  /** GET /api/v1/users/current/ */
  retrieveCurrentUser: { answer: User };
  /** PUT /api/v1/users/password/change/: Sets your own password; your token stays as it is, your other sessions end. */
  changeMyPassword: { body: { "current_password": string; "new_password": string }; answer: Record<string, never> };
  /** GET /api/v1/users/{id}/ */
  retrieveUser: { params: { 'id': number }; answer: User };
  /** PUT /api/v1/users/{id}/: Changes a user: admins all of everyone, others their own names and e-mail address. */
  updateUser: { params: { 'id': number }; body: WholeUser; answer: User };
  /** PATCH /api/v1/users/{id}/: Changes some of a user: admins all of everyone, others their own names and e-mail address. */
  partialUpdateUser: { params: { 'id': number }; body: UserChanges; answer: User };
  /** PUT /api/v1/users/{id}/password/change/: Sets a user's password, as an admin; somebody else's token is reset with it. */
  changeUserPassword: { params: { 'id': number }; body: { "password": string }; answer: Record<string, never> };
  /** PATCH /api/v1/users/{id}/availability: Says whether chats may be given to a user now: of yourself, or as an admin of everyone. */
  updateUserAvailability: { params: { 'id': number }; body: { "is_available": boolean }; answer: Availability };
  /** GET /api/v1/groups/ */
  listGroups: { query?: { 'limit'?: number; 'offset'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<{ "id": number; "name": string }> } };
  /** GET /api/v1/groups/{id}/ */
  retrieveGroup: { params: { 'id': number }; answer: { "id": number; "name": string } };
  /** GET /api/v1/templates/ */
  listTemplates: { query?: { 'limit'?: number; 'offset'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<Template> } };
  /** POST /api/v1/templates/ */
  createTemplate: { body: NewTemplate; answer: Template };
  /** DELETE /api/v1/templates/{name}/ */
  destroyTemplate: { params: { 'name': string }; answer: null };
  /** GET /api/v1/settings/business/profile/ */
  retrieveBusinessProfileSettings: { answer: BusinessProfile };
  /** PATCH /api/v1/settings/business/profile/ */
  partialUpdateBusinessProfileSettings: { body: BusinessProfileChange; answer: BusinessProfile };
  /** GET /api/v1/settings/profile/about/ */
  retrieveProfileAbout: { answer: ProfileAbout };
  /** PATCH /api/v1/settings/profile/about/ */
  updateProfileAbout: { body: ProfileAboutChange; answer: ProfileAbout };
  /** GET /api/v1/settings/profile/photo/ */
  retrieveProfilePhoto: { answer: Blob };
  /** POST /api/v1/settings/profile/photo/ */
  updateProfilePhoto: { body: FormData; answer: Record<string, never> };
  /** DELETE /api/v1/settings/profile/photo/ */
  deleteProfilePhoto: { answer: null };
  /** GET /api/v1/templates/refresh/status/ */
  checkTemplateRefreshStatus: { answer: RefreshStatus };
  /** POST /api/v1/templates/refresh/issue/ */
  issueTemplateRefreshRequest: { answer: RefreshRequest };
  /** GET /api/v1/settings/refresh/status/ */
  checkSettingsRefreshStatus: { answer: RefreshStatus };
  /** POST /api/v1/settings/refresh/issue/ */
  issueSettingsRefreshRequest: { answer: RefreshRequest };
  /** GET /api/v1/whatsapp_accounts/ */
  listWhatsAppAccounts: { query?: { 'limit'?: number; 'offset'?: number; 'this_instance'?: boolean }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<WhatsAppAccount> } };
  /** GET /api/v1/status/health/ */
  listHealthStatuses: { answer: Array<HealthStatus> };
  /** GET /api/v1/errors/waba/ */
  listWabaErrors: { query?: { 'limit'?: number; 'offset'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<WabaError> } };
  /** GET /api/v1/errors/waba/{id}/ */
  retrieveWabaError: { params: { 'id': number }; answer: WabaError };
  /** GET /api/v1/contacts/blocked/ */
  listBlockedContacts: { query?: { 'limit'?: number; 'offset'?: number; 'phone_number'?: string }; answer: BlockedContacts };
  /** POST /api/v1/contacts/verify/: Says whether numbers can be ones. WhatsApp does not tell any more who is there. */
  verifyContacts: { body: ContactVerification; answer: VerifiedContacts };
  /** POST /api/v1/contacts/{wa_id}/block/ */
  blockContact: { params: { 'wa_id': string }; body: ContactBlock; answer: Record<string, never> };
  /** POST /api/v1/contacts/{wa_id}/unblock/ */
  unblockContact: { params: { 'wa_id': string }; body: ContactBlock; answer: Record<string, never> };
  /** POST /api/v1/contacts/{wa_id}/report/ */
  reportContact: { params: { 'wa_id': string }; body: ContactReport; answer: Record<string, never> };
  /** GET /api/v1/contacts/ */
  listContacts: { query?: { 'limit'?: number; 'search'?: string }; answer: Contacts };
  /** GET /api/v1/contacts/{wa_id}/ */
  resolveContact: { params: { 'wa_id': string }; answer: ResolvedContact };
  /** GET /api/v1/messages/ */
  listMessages: { query?: { 'limit'?: number; 'offset'?: number; 'wa_id'?: string; 'since_time'?: number; 'before_time'?: number; 'mark_as_received'?: boolean; 'search'?: string; 'from_us'?: boolean; 'assigned_to_me'?: boolean; 'assigned_group'?: number; 'chat_tag_id'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<Message> } };
  /** POST /api/v1/messages/ */
  createMessage: { headers?: { 'idempotency-key'?: string }; body: ({ "wa_id": (string | number); "recipient_type"?: ("individual" | "group" | null); "context"?: ({ "message_id"?: string; [field: string]: unknown } | null); "biz_opaque_callback_data"?: (string | null) }) & (({ "type": "text"; "text": { "body": string; "preview_url"?: (boolean | ("1" | "true" | "True") | ("0" | "false" | "False")); [field: string]: unknown }; "preview_url"?: (boolean | ("1" | "true" | "True") | ("0" | "false" | "False") | null) } | { "type": "image"; "image": { "id"?: string; "link"?: string; "caption"?: string; [field: string]: unknown } } | { "type": "audio"; "audio": { "id"?: string; "link"?: string; "caption"?: string; [field: string]: unknown } } | { "type": "video"; "video": { "id"?: string; "link"?: string; "caption"?: string; [field: string]: unknown } } | { "type": "document"; "document": { "id"?: string; "link"?: string; "caption"?: string; [field: string]: unknown } } | { "type": "sticker"; "sticker": { "id"?: string; "link"?: string; "caption"?: string; [field: string]: unknown } } | { "type": "location"; "location": { "latitude": (number | string); "longitude": (number | string); "name"?: string; "address"?: string; [field: string]: unknown } } | { "type": "contacts"; "contacts": Array<{ "name": { "formatted_name": string; [field: string]: unknown }; [field: string]: unknown }> } | { "type": "template"; "template": { "name": string; "language": { "code": string; [field: string]: unknown }; "components"?: Array<{ "type": string; [field: string]: unknown }>; [field: string]: unknown } } | { "type": "interactive"; "interactive": { "type": string; [field: string]: unknown } } | { "type": "reaction"; "reaction": { "message_id": string; "emoji": string; [field: string]: unknown } } | { "type": "hsm" })); answer: AcceptedMessage };
  /** GET /api/v1/messages/{id}/ */
  retrieveMessage: { params: { 'id': string }; query?: { 'limit'?: number; 'offset'?: number; 'wa_id'?: string; 'since_time'?: number; 'before_time'?: number; 'mark_as_received'?: boolean; 'search'?: string; 'from_us'?: boolean; 'assigned_to_me'?: boolean; 'assigned_group'?: number; 'chat_tag_id'?: number }; answer: (Message | { "count": number; "next": (string | null); "previous": (string | null); "results": Array<Message> }) };
  /** POST /api/v1/mark_as_received/ */
  createReceivedMessageMark: { body: ReceivedMessageMark; answer: Record<string, never> };
  /** GET /api/v1/chats/ */
  listChats: { query?: { 'limit'?: number; 'offset'?: number; 'search'?: string; 'chat_tag_id'?: number; 'assigned_to_me'?: boolean; 'assigned_group'?: number; 'messages_since_time'?: number; 'messages_before_time'?: number; 'blocked'?: boolean; 'reported'?: boolean; 'unread'?: boolean; 'message_has_referral'?: boolean; 'message_referral_source_url'?: string; 'message_referral_source_id'?: string; 'message_referral_source_type'?: string; 'message_referral_headline'?: string; 'message_referral_body'?: string; 'message_referral_media_type'?: string }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<Chat> } };
  /** GET /api/v1/chats/{wa_id}/ */
  retrieveChat: { params: { 'wa_id': string }; answer: Chat };
  /** PATCH /api/v1/chats/{wa_id}/resolve: Says whether something is left to do in a chat; the customer's next message says so anyway. */
  resolveChat: { params: { 'wa_id': string }; body: { "resolved": boolean }; answer: ResolvedChat };
  /** POST /api/v1/chat_import/ */
  createChatImport: { body: { "chat_text": string; "chat_participants"?: Array<Record<string, unknown>>; "utc_offset_minutes": number; "device_language_code": string; "media_files"?: Array<Record<string, unknown>> }; answer: Chat };
  /** GET /api/v1/chat_assignment/{wa_id}/ */
  retrieveChatAssignment: { params: { 'wa_id': string }; answer: ChatAssignment };
  /** PUT /api/v1/chat_assignment/{wa_id}/ */
  updateChatAssignment: { params: { 'wa_id': string }; body: { "wa_id": string; "assigned_to_user"?: (number | null); "assigned_group"?: (number | null) }; answer: ChatAssignment };
  /** PATCH /api/v1/chat_assignment/{wa_id}/ */
  partialUpdateChatAssignment: { params: { 'wa_id': string }; body: ChatAssignmentChange; answer: ChatAssignment };
  /** GET /api/v1/chat_assignment_events/ */
  listChatAssignmentEvents: { query?: { 'limit'?: number; 'offset'?: number; 'wa_id'?: string; 'since_time'?: number; 'before_time'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<ChatAssignmentEvent> } };
  /** GET /api/v1/saved_responses/ */
  listSavedResponses: { query?: { 'limit'?: number; 'offset'?: number; 'text'?: string }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<SavedResponse> } };
  /** POST /api/v1/saved_responses/ */
  createSavedResponse: { body: NewSavedResponse; answer: SavedResponse };
  /** DELETE /api/v1/saved_responses/{id}/: Deletes a saved response of yours; admins may delete all. */
  deleteSavedResponse: { params: { 'id': number }; answer: null };
  /** GET /api/v1/persons/ */
  listPeople: { query?: { 'limit'?: number; 'offset'?: number; 'search'?: string }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<Person> } };
  /** GET /api/v1/persons/{wa_id}/ */
  retrievePerson: { params: { 'wa_id': string }; answer: Person };
  /** DELETE /api/v1/persons/{wa_id}/: Erases all that is known of a customer, as an admin. */
  erasePerson: { params: { 'wa_id': string }; answer: ErasureLeft | null };
  /** GET /api/v1/tags/ */
  listTags: { query?: { 'limit'?: number; 'offset'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<Tag> } };
  /** POST /api/v1/tags/ */
  createTag: { body: NewTag; answer: Tag };
  /** DELETE /api/v1/tags/{id}/ */
  destroyTag: { params: { 'id': number }; answer: null };
  /** POST /api/v1/chat_tagging/ */
  createChatTagging: { body: NewChatTagging; answer: ChatTagging };
  /** GET /api/v1/chat_tagging/{id}/ */
  retrieveChatTagging: { params: { 'id': number }; answer: ChatTagging };
  /** DELETE /api/v1/chat_tagging/{id}/ */
  destroyChatTagging: { params: { 'id': number }; answer: null };
  /** GET /api/v1/chat_tagging_events/ */
  listChatTaggingEvents: { query?: { 'limit'?: number; 'offset'?: number; 'wa_id'?: string; 'since_time'?: number; 'before_time'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<ChatTaggingEvent> } };
  /** POST /api/v1/message_tagging/ */
  createMessageTagging: { body: NewMessageTagging; answer: MessageTagging };
  /** GET /api/v1/message_tagging/{id}/ */
  retrieveMessageTagging: { params: { 'id': number }; answer: MessageTagging };
  /** DELETE /api/v1/message_tagging/{id}/ */
  destroyMessageTagging: { params: { 'id': number }; answer: null };
  /** GET /api/v1/message_tagging_events/ */
  listMessageTaggingEvents: { query?: { 'limit'?: number; 'offset'?: number; 'wa_id'?: string; 'since_time'?: number; 'before_time'?: number; 'message_id'?: string }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<MessageTaggingEvent> } };
  /** GET /api/v1/media/{id}/ */
  retrieveMediaFile: { params: { 'id': string }; query?: { 'mime_type_type'?: string; 'mime_type_subtype'?: string; 'expires'?: string; 'signature'?: string }; answer: Blob };
  /** POST /api/v1/media/ */
  createMediaFile: { body: FormData; answer: MediaFile };
  /** GET /api/v1/media/{id}/signed_url/: A link that opens the file to whoever has it, without signing in. */
  createMediaLink: { params: { 'id': string }; query?: { 'expires_in'?: number }; answer: MediaLink };
  /** GET /api/v1/webhooks/waba/ */
  listWabaWebhooks: { query?: { 'limit'?: number; 'offset'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<WabaWebhook> } };
  /** POST /api/v1/webhooks/waba/ */
  createWabaWebhook: { body: NewWabaWebhookRequest; answer: CreatedWabaWebhook };
  /** GET /api/v1/webhooks/waba/{id}/ */
  retrieveWabaWebhook: { params: { 'id': number }; answer: WabaWebhook };
  /** PUT /api/v1/webhooks/waba/{id}/ */
  updateWabaWebhook: { params: { 'id': number }; body: WabaWebhookRequest; answer: WabaWebhook };
  /** PATCH /api/v1/webhooks/waba/{id}/ */
  partialUpdateWabaWebhook: { params: { 'id': number }; body: PatchedWabaWebhookRequest; answer: WabaWebhook };
  /** DELETE /api/v1/webhooks/waba/{id}/ */
  deleteWabaWebhook: { params: { 'id': number }; answer: null };
  /** POST /api/v1/webhooks/waba/{id}/test/ */
  testWabaWebhook: { params: { 'id': number }; query?: { 'detail'?: boolean }; answer: WabaWebhookTest };
  /** POST /api/v1/webhooks/waba/{id}/pause/ */
  pauseWabaWebhook: { params: { 'id': number }; answer: WabaWebhook };
  /** POST /api/v1/webhooks/waba/{id}/resume/ */
  resumeWabaWebhook: { params: { 'id': number }; answer: WabaWebhook };
  /** GET /api/v1/webhooks/waba/{id}/events/ */
  listWabaWebhookEvents: { params: { 'id': number }; query?: { 'after'?: number; 'limit'?: number }; answer: { "results": Array<WabaWebhookEvent>; "next": (string | null); "last_sequence": number } };
  /** POST /api/v1/webhooks/waba/{id}/rotate_secret/ */
  rotateWabaWebhookSecret: { params: { 'id': number }; body: SecretRotationRequest; answer: RotatedSecret };
  /** GET /api/v1/deliveries/ */
  listDeliveries: { query?: { 'state'?: string; 'kind'?: ("waba" | "outgoing" | "failure" | "webhook" | "assignment" | "assigned" | "resolved" | "availability" | "tagging"); 'chat'?: string; 'status'?: number; 'error'?: ("timeout" | "dns" | "refused" | "reset" | "tls" | "connection" | "refused_url" | "lost" | "poison"); 'after'?: number; 'before'?: number; 'limit'?: number; 'cursor'?: string; 'webhook'?: number }; answer: { "results": Array<Delivery>; "next": (string | null) } };
  /** GET /api/v1/webhooks/waba/{id}/deliveries/ */
  listWabaWebhookDeliveries: { params: { 'id': number }; query?: { 'state'?: string; 'kind'?: ("waba" | "outgoing" | "failure" | "webhook" | "assignment" | "assigned" | "resolved" | "availability" | "tagging"); 'chat'?: string; 'status'?: number; 'error'?: ("timeout" | "dns" | "refused" | "reset" | "tls" | "connection" | "refused_url" | "lost" | "poison"); 'after'?: number; 'before'?: number; 'limit'?: number; 'cursor'?: string }; answer: { "results": Array<Delivery>; "next": (string | null) } };
  /** GET /api/v1/deliveries/{id}/ */
  retrieveDelivery: { params: { 'id': string }; answer: RetrievedDelivery };
  /** POST /api/v1/deliveries/{id}/retry/ */
  retryDelivery: { params: { 'id': string }; answer: Delivery };
  /** POST /api/v1/deliveries/{id}/skip/ */
  skipDelivery: { params: { 'id': string }; answer: Delivery };
  /** POST /api/v1/webhooks/waba/{id}/replays/ */
  createReplay: { params: { 'id': number }; body: ReplayRequest; answer: { "count": number } | Replay };
  /** GET /api/v1/webhooks/waba/{id}/replays/ */
  listReplays: { params: { 'id': number }; query?: { 'before'?: number; 'limit'?: number }; answer: { "results": Array<Replay>; "next": (string | null) } };
  /** GET /api/v1/webhooks/waba/{id}/replays/{replay}/ */
  retrieveReplay: { params: { 'id': number; 'replay': number }; answer: Replay };
  /** POST /api/v1/webhooks/waba/{id}/replays/{replay}/pause/ */
  pauseReplay: { params: { 'id': number; 'replay': number }; answer: Replay };
  /** POST /api/v1/webhooks/waba/{id}/replays/{replay}/resume/ */
  resumeReplay: { params: { 'id': number; 'replay': number }; answer: Replay };
  /** POST /api/v1/webhooks/waba/{id}/replays/{replay}/cancel/ */
  cancelReplay: { params: { 'id': number; 'replay': number }; answer: Replay };
  /** GET /api/v1/dead_letters/: What we failed on time and again: our own faults, never a receiver's. */
  listDeadLetters: { query?: { 'limit'?: number; 'offset'?: number }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<DeadLetter> } };
  /** POST /api/v1/dead_letters/retry/ */
  retryDeadLetters: { answer: { "retried": number; "has_more": boolean } };
  /** POST /api/v1/dead_letters/{id}/retry/ */
  retryDeadLetter: { params: { 'id': number }; answer: Record<string, never> };
  /** DELETE /api/v1/dead_letters/{id}/ */
  deleteDeadLetter: { params: { 'id': number }; answer: null };
  /** GET /api/v1/fcm_device_tokens/ */
  listFcmDeviceTokens: { query?: { 'limit'?: number; 'offset'?: number; 'token'?: string }; answer: { "count": number; "next": (string | null); "previous": (string | null); "results": Array<FcmDeviceToken> } };
  /** POST /api/v1/fcm_device_tokens/: Registers a device of yours, or again, which Firebase recommends once a month. */
  registerFcmDeviceToken: { body: NewFcmDeviceToken; answer: FcmDeviceToken };
  /** PUT /api/v1/fcm_device_tokens/{id}/: Gives a device of yours another token. */
  updateFcmDeviceToken: { params: { 'id': number }; body: NewFcmDeviceToken; answer: FcmDeviceToken };
  /** DELETE /api/v1/fcm_device_tokens/{id}/ */
  deregisterFcmDeviceToken: { params: { 'id': number }; answer: null };
  /** POST /api/v1/notifications/email/activation/: Sends the activation e-mail again, to one or to all who wait, with a new link: the one before works no more. */
  resendActivationEmailNotification: { body: ActivationEmail; answer: Record<string, never> };
  /** GET /api/v1/export/{table}/: Lines of JSON: a row each, and a last one with `next`, null at the end. */
  exportRows: { params: { 'table': ("groups" | "users" | "user_groups" | "chats" | "chat_aliases" | "referrals" | "whatsapp_groups" | "group_participants" | "tags" | "chat_taggings" | "media" | "messages" | "message_taggings" | "statuses" | "tagging_events" | "assignment_events" | "saved_responses" | "marks" | "waba_errors" | "events") }; query?: { 'after'?: string }; answer: Blob };
  /** POST /api/v1/import/finish/ */
  finishImport: { answer: FinishedImport };
  /** POST /api/v1/import/{table}/: Takes rows of an export into a stack that was empty when the import began. */
  importRows: { params: { 'table': ("groups" | "users" | "user_groups" | "chats" | "chat_aliases" | "referrals" | "whatsapp_groups" | "group_participants" | "tags" | "chat_taggings" | "media" | "messages" | "message_taggings" | "statuses" | "tagging_events" | "assignment_events" | "saved_responses" | "marks" | "waba_errors" | "events") }; body: FormData; answer: ImportedRows };
  /** PUT /api/v1/import/files/{id}/ */
  importFile: { params: { 'id': string }; body: FormData; answer: Record<string, never> };
}

export declare const OPERATIONS: Readonly<Record<keyof Operations, readonly [string, string]>>;
