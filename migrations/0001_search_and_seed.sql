-- Trigrams find any substring of three characters or more in any script. Contentless: the text is in
-- the rows already, the index need not keep it a second time.
CREATE VIRTUAL TABLE `messages_search` USING fts5(`text`, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
CREATE VIRTUAL TABLE `chats_search` USING fts5(`text`, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO `groups` (`id`, `name`) VALUES (1, 'Regular user'), (2, 'Admin'), (3, 'App integration');
--> statement-breakpoint
INSERT INTO `counters` (`name`, `value`) VALUES ('messages', 0), ('chats', 0);
