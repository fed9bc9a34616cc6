DROP INDEX `messages_by_time`;--> statement-breakpoint
DROP INDEX `messages_sent`;--> statement-breakpoint
DROP INDEX `messages_by_chat`;--> statement-breakpoint
CREATE INDEX `messages_by_side` ON `messages` (`from_us`,`timestamp`,`n`);--> statement-breakpoint
CREATE INDEX `messages_by_chat` ON `messages` (`chat`,`from_us`,`timestamp`,`n`);--> statement-breakpoint
-- The index is read in the order of its row numbers, so these begin with the time: see
-- inbox/messages/search-key.ts. It keeps no text, so it is made anew from the messages.
DROP TABLE `messages_search`;--> statement-breakpoint
CREATE VIRTUAL TABLE `messages_search` USING fts5(`text`, content='', contentless_delete=1, tokenize='trigram');--> statement-breakpoint
INSERT INTO `messages_search` (`rowid`, `text`)
SELECT (`timestamp` << 21) | ((`n` & 1048575) << 1) | `from_us`, `search_text` FROM `messages`
WHERE `search_text` IS NOT NULL ORDER BY 1;
