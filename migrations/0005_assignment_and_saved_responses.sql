CREATE TABLE `assignment_events` (
	`n` integer PRIMARY KEY NOT NULL,
	`chat` text NOT NULL,
	`timestamp` integer NOT NULL,
	`user_set` integer,
	`user_was_cleared` integer NOT NULL,
	`group_set` integer,
	`group_was_cleared` integer NOT NULL,
	`done_by` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `assignment_events_by_chat` ON `assignment_events` (`chat`,`timestamp`,`n`);--> statement-breakpoint
CREATE INDEX `assignment_events_by_time` ON `assignment_events` (`timestamp`,`n`);--> statement-breakpoint
CREATE TABLE `saved_responses` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`text` text NOT NULL,
	`user_id` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `chats` ADD `resolved` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `is_available` integer DEFAULT 1 NOT NULL;