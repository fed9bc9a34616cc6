CREATE TABLE `unread_views` (
	`user_id` integer PRIMARY KEY NOT NULL,
	`through_n` integer NOT NULL,
	`chats` text
);
