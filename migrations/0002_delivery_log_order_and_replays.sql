CREATE TABLE `attempts` (
	`n` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`webhook_id` integer NOT NULL,
	`at` integer NOT NULL,
	`number` integer NOT NULL,
	`status` integer,
	`error` text,
	`latency_ms` integer NOT NULL,
	`request_headers` text NOT NULL,
	`response_headers` text,
	`response_body` text,
	`replay_id` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attempts_by_delivery` ON `attempts` (`seq`,`webhook_id`,`at`);--> statement-breakpoint
CREATE INDEX `attempts_by_webhook` ON `attempts` (`webhook_id`,`at`);--> statement-breakpoint
CREATE TABLE `chat_queue` (
	`webhook_id` integer NOT NULL,
	`chat` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`webhook_id`, `chat`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `chat_queue_by_seq` ON `chat_queue` (`seq`,`webhook_id`);--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`message` text NOT NULL,
	`error` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_message_unique` ON `dead_letters` (`message`);--> statement-breakpoint
CREATE TABLE `erasures` (
	`chat` text PRIMARY KEY NOT NULL,
	`cursor_seq` integer NOT NULL,
	`until_seq` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `replays` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`webhook_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`state` text NOT NULL,
	`filter` text NOT NULL,
	`cursor_seq` integer NOT NULL,
	`until_seq` integer NOT NULL,
	`total` integer NOT NULL,
	`queued` integer DEFAULT 0 NOT NULL,
	`per_second` integer NOT NULL,
	`next_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `replays_by_webhook` ON `replays` (`webhook_id`,`id`);--> statement-breakpoint
CREATE INDEX `replays_running` ON `replays` (`next_at`) WHERE state = 'running';--> statement-breakpoint
CREATE TABLE `webhook_totals` (
	`webhook_id` integer PRIMARY KEY NOT NULL,
	`delivered` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`latency_ms` integer DEFAULT 0 NOT NULL,
	`le_50` integer DEFAULT 0 NOT NULL,
	`le_100` integer DEFAULT 0 NOT NULL,
	`le_250` integer DEFAULT 0 NOT NULL,
	`le_500` integer DEFAULT 0 NOT NULL,
	`le_1000` integer DEFAULT 0 NOT NULL,
	`le_2500` integer DEFAULT 0 NOT NULL,
	`le_5000` integer DEFAULT 0 NOT NULL,
	`le_15000` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX `deliveries_due`;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `attempted_at` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `status` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `error` text;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `latency_ms` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `replay_id` integer;--> statement-breakpoint
CREATE INDEX `deliveries_by_seq` ON `deliveries` (`seq`);--> statement-breakpoint
CREATE INDEX `deliveries_by_replay` ON `deliveries` (`replay_id`,`state`) WHERE replay_id is not null;--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`webhook_id`,`next_at`) WHERE state = 'due';--> statement-breakpoint
ALTER TABLE `events` ADD `taken_at` integer;--> statement-breakpoint
ALTER TABLE `events` ADD `receipts` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `on_webhook_disabled` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `ordering` text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `rate_limit` integer;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `rate_limit_per` text DEFAULT 'second' NOT NULL;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `rate_window` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `turn_until` integer;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `breaker_opened_at` integer;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `breaker_closed_at` integer;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `failing_since` integer;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `last_error` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `last_error_at` integer;