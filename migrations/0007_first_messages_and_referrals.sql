CREATE TABLE `referrals` (
	`id` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`source_url` text,
	`source_id` text,
	`source_type` text,
	`headline` text,
	`body` text,
	`media_type` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `referrals_key_unique` ON `referrals` (`key`);--> statement-breakpoint
CREATE INDEX `referrals_by_source_id` ON `referrals` (`source_id`);--> statement-breakpoint
CREATE INDEX `referrals_by_headline` ON `referrals` (`headline`);--> statement-breakpoint
CREATE INDEX `referrals_by_body` ON `referrals` (`body`);--> statement-breakpoint
ALTER TABLE `chats` ADD `first_message` integer;--> statement-breakpoint
ALTER TABLE `chats` ADD `referral_id` integer;--> statement-breakpoint
ALTER TABLE `chats` ADD `last_referral` integer;--> statement-breakpoint
CREATE INDEX `chats_by_first_message` ON `chats` (`first_message`);--> statement-breakpoint
CREATE INDEX `chats_by_referral` ON `chats` (`referral_id`,`last_message`) WHERE referral_id is not null;--> statement-breakpoint
UPDATE `chats` SET `first_message` = (SELECT min(`timestamp`) FROM `messages` WHERE `chat` = `wa_id`);
