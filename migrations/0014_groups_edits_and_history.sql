CREATE TABLE `group_participants` (
	`chat` text NOT NULL,
	`participant` text NOT NULL,
	`user_id` text,
	`is_member` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`chat`, `participant`)
);
--> statement-breakpoint
CREATE TABLE `whatsapp_groups` (
	`chat` text PRIMARY KEY NOT NULL,
	`subject` text,
	`subject_at` integer,
	`description` text,
	`description_at` integer,
	`invite_link` text,
	`join_approval_mode` text,
	`is_suspended` integer DEFAULT 0 NOT NULL,
	`suspended_at` integer,
	`deleted_at` integer
);
--> statement-breakpoint
ALTER TABLE `chats` ADD `kind` text;--> statement-breakpoint
ALTER TABLE `chats` ADD `saved_name` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `participant` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `participant_name` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `refers_to` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `edited` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `edited_at` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `is_deleted` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `origin` text;--> statement-breakpoint
CREATE INDEX `messages_by_original` ON `messages` (`refers_to`) WHERE refers_to is not null;--> statement-breakpoint
CREATE INDEX `messages_by_participant` ON `messages` (`participant`) WHERE participant is not null;