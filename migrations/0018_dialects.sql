ALTER TABLE `attempts` ADD `part` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `part` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `api_origin` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `dialect` text DEFAULT 'getchat' NOT NULL;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `dialect_events` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `dialect_key` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `dialect_ref` text;