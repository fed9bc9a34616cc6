import type { JsonObject } from './json-object.ts';

/** The business number whose webhooks these are. */
export type BusinessNumber = { phoneNumberId: string; displayPhoneNumber: string };

/** The WhatsApp Business account in every envelope; nothing in the sandbox depends on it. */
export const WABA_ID = '102290129340398';

/** The app whose token Meta's own API is asked with. */
export const APP_ID = '670843887433847';

/**
 * The text of one webhook body in Cloud API shape around some items. Meta escapes what is not ASCII
 * and every slash, so a relay that parses and writes again is found out.
 */
export function envelopeText(number: BusinessNumber, items: JsonObject): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: {
      display_phone_number: number.displayPhoneNumber,
      phone_number_id: number.phoneNumberId,
    },
    ...items,
  };
  return escapedText({ id: WABA_ID, changes: [{ value, field: 'messages' }] });
}

/** The text of one webhook body about a template; `atMs` is when. It names no number, only the account. */
export function templateEnvelope(value: JsonObject, atMs: number): string {
  const change = { value, field: 'message_template_status_update' };
  return escapedText({ id: WABA_ID, time: Math.floor(atMs / 1_000), changes: [change] });
}

function escapedText(entry: JsonObject): string {
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [entry] })
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A moment (ms since 1970) as webhooks write it: whole seconds, in a string. */
export function secondsText(atMs: number): string {
  return String(Math.floor(atMs / 1_000));
}
