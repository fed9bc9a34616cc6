CREATE TABLE `chat_taggings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tag_id` integer NOT NULL,
	`chat` text NOT NULL,
	`extra` text,
	`last_message` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `chat_taggings_by_chat` ON `chat_taggings` (`chat`,`tag_id`);--> statement-breakpoint
CREATE INDEX `chat_taggings_by_tag` ON `chat_taggings` (`tag_id`,`last_message`,`chat`);--> statement-breakpoint
CREATE TABLE `message_taggings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tag_id` integer NOT NULL,
	`message` text NOT NULL,
	`extra` text,
	`timestamp` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `message_taggings_by_message` ON `message_taggings` (`message`,`tag_id`);--> statement-breakpoint
CREATE INDEX `message_taggings_by_tag` ON `message_taggings` (`tag_id`,`timestamp`);--> statement-breakpoint
CREATE TABLE `tagging_events` (
	`id` integer PRIMARY KEY NOT NULL,
	`chat` text NOT NULL,
	`message` text,
	`tag_id` integer NOT NULL,
	`action` text NOT NULL,
	`extra` text,
	`user_id` integer NOT NULL,
	`timestamp` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tagging_events_of_chat` ON `tagging_events` (`chat`,`timestamp`) WHERE message is null;--> statement-breakpoint
CREATE INDEX `tagging_events_of_chats` ON `tagging_events` (`timestamp`) WHERE message is null;--> statement-breakpoint
CREATE INDEX `tagging_events_of_message` ON `tagging_events` (`message`,`timestamp`) WHERE message is not null;--> statement-breakpoint
CREATE INDEX `tagging_events_of_chat_messages` ON `tagging_events` (`chat`,`timestamp`) WHERE message is not null;--> statement-breakpoint
CREATE INDEX `tagging_events_of_messages` ON `tagging_events` (`timestamp`) WHERE message is not null;--> statement-breakpoint
CREATE TABLE `tags` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`web_inbox_color` text,
	`state` text DEFAULT 'live' NOT NULL,
	`deleted_by` integer
);
--> statement-breakpoint
CREATE INDEX `tags_by_state` ON `tags` (`state`,`id`);--> statement-breakpoint
-- Whoever writes a chat's last message need not know of its tags: they follow, in the same transaction.
CREATE TRIGGER `chat_taggings_follow` AFTER UPDATE OF `last_message` ON `chats`
WHEN new.last_message IS NOT old.last_message
BEGIN
  UPDATE chat_taggings SET last_message = new.last_message WHERE chat = new.wa_id;
END;
