import { isRecord, type JsonRecord } from './json-record.ts';

/** What a `referral` says that people ask for. */
export const REFERRAL_FIELDS = [
  'source_url',
  'source_id',
  'source_type',
  'headline',
  'body',
  'media_type',
] as const;

export type ReferralField = (typeof REFERRAL_FIELDS)[number];

/** What a customer came from; a field that is not said is left out. */
export type Referral = Partial<Record<ReferralField, string>>;

/** Far above what an ad's texts have, far below what an index takes. */
const MAX_VALUE_CHARACTERS = 500;

/**
 * Reads what a message says of the ad or the post that its writer came from; undefined where it has no
 * `referral`. Values that are no text are left out.
 */
export function readReferral(payload: JsonRecord): Referral | undefined {
  const { referral } = payload;
  if (!isRecord(referral)) return undefined;
  const read: Referral = {};
  for (const field of REFERRAL_FIELDS) {
    const value = referral[field];
    if (typeof value === 'string' && value !== '') read[field] = cutReferralValue(value);
  }
  return read;
}

/** A value as it is kept. Made well-formed after the cut, which may go through a character. */
export function cutReferralValue(value: string): string {
  return value.slice(0, MAX_VALUE_CHARACTERS).toWellFormed();
}
