CREATE TABLE `outbox_pause` (
	`id` integer PRIMARY KEY NOT NULL,
	`error` text NOT NULL,
	`since_at` integer NOT NULL,
	`next_at` integer NOT NULL,
	`strikes` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `messages` ADD `errors` text;