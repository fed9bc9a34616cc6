import { isRecord, listOf, textOf, type JsonRecord } from '../../waba/json-record.ts';
import { nameOfVertical } from './vertical.ts';

/** The profile as the API shows it (spec: retrieveBusinessProfileSettings). */
export interface BusinessProfile {
  about: string;
  address: string;
  description: string;
  email: string;
  messaging_product: 'whatsapp';
  vertical: string;
  websites: string[];
}

/** The profile in WABA's answer; undefined where it has none. */
export function readProfile(body: JsonRecord): JsonRecord | undefined {
  const [profile] = listOf(body['data']);
  // Relays have been seen to unwrap Graph's list.
  const found = profile ?? body;
  return isRecord(found) && 'messaging_product' in found ? found : undefined;
}

/** Shows a profile of WABA's; what is not set in it is empty. */
export function presentProfile(payload: JsonRecord): BusinessProfile {
  const text = (name: string): string => textOf(payload[name]) ?? '';
  return {
    about: text('about'),
    address: text('address'),
    description: text('description'),
    email: text('email'),
    messaging_product: 'whatsapp',
    vertical: nameOfVertical(text('vertical')),
    websites: listOf(payload['websites']).flatMap((website) => textOf(website) ?? []),
  };
}
