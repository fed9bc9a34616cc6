import type { Account } from './account.ts';
import type { BusinessNumber } from './envelope.ts';
import type { FailedLookups } from './failed-lookups.ts';
import type { Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { MediaStore } from './media-store.ts';
import type { Pauses } from './pauses.ts';
import type { Rate } from './rate.ts';
import type { WebhookPoster } from './webhook-poster.ts';

/** Everything one sandbox holds; its routes are handed it. */
export type World = {
  apiKey: string;
  number: BusinessNumber;
  statusDelayMs: number;
  /** Whether everybody counts as a customer who has just written. */
  openWindows: boolean;
  ledger: Ledger;
  media: MediaStore;
  account: Account;
  failedLookups: FailedLookups;
  rate: Rate;
  faults: Faults;
  poster: WebhookPoster;
  pauses: Pauses;
};
