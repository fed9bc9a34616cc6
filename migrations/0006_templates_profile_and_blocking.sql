CREATE TABLE `business_profile` (
	`id` integer PRIMARY KEY NOT NULL,
	`payload` text,
	`photo_type` text,
	`photo_url` text,
	`phone_number` text
);
--> statement-breakpoint
CREATE TABLE `refreshes` (
	`kind` text PRIMARY KEY NOT NULL,
	`started_at` integer,
	`cursor` text DEFAULT '' NOT NULL,
	`next_at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`refreshed_at` integer
);
--> statement-breakpoint
CREATE TABLE `templates` (
	`name` text NOT NULL,
	`language` text NOT NULL,
	`waba_id` text,
	`category` text NOT NULL,
	`status` text NOT NULL,
	`components` text NOT NULL,
	`namespace` text NOT NULL,
	`rejected_reason` text NOT NULL,
	`seen_at` integer NOT NULL,
	`told_at` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`name`, `language`)
);
--> statement-breakpoint
ALTER TABLE `chats` ADD `blocked_at` integer;--> statement-breakpoint
ALTER TABLE `chats` ADD `reported_at` integer;--> statement-breakpoint
CREATE INDEX `chats_blocked` ON `chats` (`last_message`,`wa_id`) WHERE blocked_at is not null;--> statement-breakpoint
CREATE INDEX `chats_reported` ON `chats` (`last_message`,`wa_id`) WHERE reported_at is not null;