-- WITHOUT ROWID was added by hand (drizzle cannot say it): a table whose key is its only index then
-- writes one row per insert instead of two.
CREATE TABLE `chats` (
	`n` integer PRIMARY KEY NOT NULL,
	`wa_id` text NOT NULL,
	`user_id` text,
	`name` text DEFAULT '' NOT NULL,
	`contact` text NOT NULL,
	`last_incoming` integer,
	`last_message` integer,
	`inbound_count` integer DEFAULT 0 NOT NULL,
	`message_count` integer DEFAULT 0 NOT NULL,
	`assigned_user_id` integer,
	`assigned_group_id` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `chats_wa_id_unique` ON `chats` (`wa_id`);--> statement-breakpoint
CREATE INDEX `chats_by_last_message` ON `chats` (`last_message`,`wa_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `chats_by_user_id` ON `chats` (`user_id`) WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX `chats_by_assigned_user` ON `chats` (`assigned_user_id`,`last_message`) WHERE assigned_user_id is not null;--> statement-breakpoint
CREATE INDEX `chats_by_assigned_group` ON `chats` (`assigned_group_id`,`last_message`) WHERE assigned_group_id is not null;--> statement-breakpoint
CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`webhook_id` integer NOT NULL,
	`seq` integer NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`last_error` text,
	PRIMARY KEY(`webhook_id`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`next_at`,`webhook_id`) WHERE state = 'due';--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`created_at` integer NOT NULL,
	`open` integer,
	`body` text,
	`extended` text,
	`in_r2` integer DEFAULT 0 NOT NULL,
	`headers` text,
	`fields` text NOT NULL,
	`chats` text NOT NULL,
	`incoming` text NOT NULL,
	`digest` text
);
--> statement-breakpoint
CREATE INDEX `events_open` ON `events` (`seq`) WHERE open = 1;--> statement-breakpoint
CREATE UNIQUE INDEX `events_by_digest` ON `events` (`digest`) WHERE digest is not null;--> statement-breakpoint
CREATE TABLE `groups` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`user_id` integer NOT NULL,
	`key` text NOT NULL,
	`body_hash` text NOT NULL,
	`message_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `marks` (
	`user_id` integer NOT NULL,
	`chat` text NOT NULL,
	`ordinal` integer NOT NULL,
	PRIMARY KEY(`user_id`, `chat`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `media` (
	`id` text PRIMARY KEY NOT NULL,
	`waba_id` text,
	`state` text NOT NULL,
	`mime_type` text NOT NULL,
	`filename` text,
	`size` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`user_id` integer,
	`upload_id` text,
	`upload_expires_at` integer,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `media_due` ON `media` (`next_at`) WHERE state = 'pending';--> statement-breakpoint
CREATE TABLE `messages` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`waba_id` text,
	`chat` text NOT NULL,
	`from_us` integer NOT NULL,
	`type` text NOT NULL,
	`timestamp` integer NOT NULL,
	`ordinal` integer,
	`payload` text NOT NULL,
	`search_text` text,
	`sender_id` integer,
	`media_id` text,
	`sent` real,
	`delivered` real,
	`read` real,
	`is_failed` integer DEFAULT 0 NOT NULL,
	`callback_data` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_id_unique` ON `messages` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `messages_waba_id_unique` ON `messages` (`waba_id`);--> statement-breakpoint
CREATE INDEX `messages_by_chat` ON `messages` (`chat`,`timestamp`,`n`);--> statement-breakpoint
CREATE INDEX `messages_by_time` ON `messages` (`timestamp`,`n`);--> statement-breakpoint
CREATE INDEX `messages_by_media` ON `messages` (`media_id`) WHERE media_id is not null;--> statement-breakpoint
CREATE TABLE `outbox` (
	`n` integer PRIMARY KEY NOT NULL,
	`chat` text NOT NULL,
	`attempted_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `statuses` (
	`waba_id` text NOT NULL,
	`status` text NOT NULL,
	`participant` text DEFAULT '' NOT NULL,
	`timestamp` integer NOT NULL,
	`payload` text NOT NULL,
	PRIMARY KEY(`waba_id`, `status`, `participant`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `user_groups` (
	`user_id` integer NOT NULL,
	`group_id` integer NOT NULL,
	PRIMARY KEY(`user_id`, `group_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`first_name` text DEFAULT '' NOT NULL,
	`last_name` text DEFAULT '' NOT NULL,
	`email` text DEFAULT '' NOT NULL,
	`role` text NOT NULL,
	`is_active` integer DEFAULT 0 NOT NULL,
	`can_use_tags` integer DEFAULT 1 NOT NULL,
	`can_read_chats` text DEFAULT 'all' NOT NULL,
	`can_write_to_chats` text DEFAULT 'all' NOT NULL,
	`password_hash` text,
	`token_nonce` text NOT NULL,
	`token_hash` text NOT NULL,
	`activation_hash` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_unique` ON `users` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_token_hash_unique` ON `users` (`token_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_activation_hash_unique` ON `users` (`activation_hash`);--> statement-breakpoint
CREATE TABLE `waba_errors` (
	`id` integer PRIMARY KEY NOT NULL,
	`message_id` text,
	`waba_id` text,
	`payload` text NOT NULL,
	`timestamp` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`url` text NOT NULL,
	`on_incoming_message` integer DEFAULT 0 NOT NULL,
	`on_outgoing_message` integer DEFAULT 0 NOT NULL,
	`on_assigned` integer DEFAULT 0 NOT NULL,
	`on_cloud_api` integer DEFAULT 0 NOT NULL,
	`fields` text,
	`headers` text NOT NULL,
	`secret` text NOT NULL,
	`old_secret` text,
	`old_secret_until` integer,
	`schedule` text DEFAULT 'default' NOT NULL,
	`is_enabled` integer DEFAULT 1 NOT NULL,
	`disabled_reason` text,
	`missed_after` integer,
	`since_seq` integer NOT NULL,
	`slow_since` integer,
	`probe_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhooks_by_user` ON `webhooks` (`user_id`);