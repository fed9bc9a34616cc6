import { z } from 'zod';

/** What Meta's own Cloud API is asked with, for a number that it serves itself. */
export interface MetaAccess {
  accessToken: string;
  phoneNumberId: string;
  /** The WhatsApp Business account; undefined where WhatsApp is to name it. */
  wabaId: string | undefined;
  /** The app, which photos are uploaded to; undefined where WhatsApp is to name it. */
  appId: string | undefined;
}

const id = z
  .string()
  .regex(/^\d{1,32}$/, 'must be an id of digits, and no phone number with a plus sign')
  .optional();

/** The settings that name it. */
export const META_SETTINGS = {
  META_ACCESS_TOKEN: z.string().regex(/^\S+$/, 'must be one word').optional(),
  META_PHONE_NUMBER_ID: id,
  META_WABA_ID: id,
  META_APP_ID: id,
};

type MetaSettings = z.infer<z.ZodObject<typeof META_SETTINGS>>;

/** Where Meta itself serves numbers, unless a setting names a version. */
const META_API_URL = 'https://graph.facebook.com/v25.0';

/** Where 360dialog does. */
const DIALOG_API_URL = 'https://waba-v2.360dialog.io';

/** Returns the base URL of the API, which the key of the other is not to be sent to. */
export function wabaApiUrlOf(
  settings: MetaSettings & { WABA_API_URL?: string | undefined },
): string {
  const isMetas = settings.META_ACCESS_TOKEN !== undefined;
  return (settings.WABA_API_URL ?? (isMetas ? META_API_URL : DIALOG_API_URL)).replace(/\/+$/, '');
}

/** Returns what the settings say of Meta's API; undefined where the number is not served by it. */
export function metaAccessOf(settings: MetaSettings): MetaAccess | undefined {
  const { META_ACCESS_TOKEN: accessToken, META_PHONE_NUMBER_ID: phoneNumberId } = settings;
  if (accessToken === undefined || phoneNumberId === undefined) return undefined;
  const { META_WABA_ID: wabaId, META_APP_ID: appId } = settings;
  return { accessToken, phoneNumberId, wabaId, appId };
}

/** What is wrong about these settings together: a setting and a sentence's end for each problem. */
export function metaProblems(
  settings: MetaSettings & { WABA_API_URL?: string | undefined },
): [setting: string, problem: string][] {
  if (settings.META_ACCESS_TOKEN === undefined) return [];
  const problems: [string, string][] = [];
  if (settings.META_PHONE_NUMBER_ID === undefined) {
    problems.push(['META_PHONE_NUMBER_ID', 'must be set beside META_ACCESS_TOKEN']);
  }
  const host = URL.parse(wabaApiUrlOf(settings))?.hostname ?? '';
  if (host === '360dialog.io' || host.endsWith('.360dialog.io')) {
    const problem = 'must be https://graph.facebook.com/v… where META_ACCESS_TOKEN is set';
    problems.push(['WABA_API_URL', problem]);
  }
  return problems;
}
