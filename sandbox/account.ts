import type { JsonObject } from './json-object.ts';
import type { WebhookTarget } from './webhook-poster.ts';

/** A message template as 360dialog lists it. */
export type StoredTemplate = {
  id: string;
  name: string;
  namespace: string;
  language: string;
  category: string;
  /** In small letters, as 360dialog has it. */
  status: string;
  components: JsonObject[];
  rejected_reason: string;
};

/** A file that was uploaded for the profile, or is still to come. */
export type Upload = { size: number; mimeType: string; bytes?: Uint8Array; handle?: string };

/** One customer whom the business has blocked. */
export type BlockedUser = { input: string; wa_id: string } | { input: string; user_id: string };

/** What WhatsApp keeps of the business's number, beside messages and files. */
export class Account {
  readonly namespace = '5b3b7ba1_5b6f_4c2c_9a7e_5d1f0f0c9e11';
  templates: StoredTemplate[] = [];
  /** The profile without its photo. */
  profile: JsonObject = { about: 'Hey there! I am using WhatsApp.', vertical: 'OTHER' };
  photo: { id: string; bytes: Uint8Array; mimeType: string } | undefined;
  /** By the id of the upload's session. */
  readonly uploads = new Map<string, Upload>();
  /** By number or user id, in the order of the blocks. */
  readonly blocked = new Map<string, BlockedUser>();
  /** The app's webhook at Meta, while the number has one of its own. */
  appWebhook: WebhookTarget | undefined;
  /** When each customer wrote last, in milliseconds: others cannot be blocked. */
  readonly lastWrote = new Map<string, number>();

  /** A number begins with one approved template, as WhatsApp's test numbers do. */
  constructor() {
    this.templates.push({
      id: '1000000000000001',
      name: 'hello_world',
      namespace: this.namespace,
      language: 'en_US',
      category: 'UTILITY',
      status: 'approved',
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'Hello World' },
        { type: 'BODY', text: 'Welcome and congratulations! This message shows that it works.' },
        { type: 'FOOTER', text: 'WhatsApp Business Platform sample message' },
      ],
      rejected_reason: 'NONE',
    });
  }
}
