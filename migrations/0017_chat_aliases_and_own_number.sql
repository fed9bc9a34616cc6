CREATE TABLE `chat_aliases` (
	`alias` text PRIMARY KEY NOT NULL,
	`chat` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `chat_aliases_by_chat` ON `chat_aliases` (`chat`);--> statement-breakpoint
CREATE TABLE `foreign_numbers` (
	`phone_number_id` text PRIMARY KEY NOT NULL,
	`bodies` integer NOT NULL,
	`last_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `business_profile` ADD `phone_number_id` text;--> statement-breakpoint
ALTER TABLE `business_profile` ADD `phone_number_access` text;