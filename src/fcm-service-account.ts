import { z } from 'zod';

/** With what Firebase Cloud Messaging is asked: a Google service account. */
export interface FcmServiceAccount {
  projectId: string;
  clientEmail: string;
  /** PKCS #8, in PEM. */
  privateKey: string;
  /** Where access tokens are given out. */
  tokenUrl: string;
}

/** Where service accounts of Google's get their tokens, should the file not say. */
const TOKEN_URL = 'https://oauth2.googleapis.com/token';

const account = z
  .object({
    project_id: z.string().regex(/^[\w.:-]+$/),
    client_email: z.string().min(1),
    private_key: z.string().regex(/-----BEGIN PRIVATE KEY-----/),
    token_uri: z.url({ protocol: /^https$/ }).default(TOKEN_URL),
  })
  .transform((file): FcmServiceAccount => ({
    projectId: file.project_id,
    clientEmail: file.client_email,
    privateKey: file.private_key,
    tokenUrl: file.token_uri,
  }));

/** The setting FCM_SERVICE_ACCOUNT: the JSON file that Google gives out. Nothing of it is in a problem. */
export const fcmServiceAccountSetting = z
  .string()
  .transform((text, c): FcmServiceAccount => {
    const parsed = account.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    const message =
      "must be the JSON of a Google service account, with 'project_id' and 'private_key'";
    c.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .optional();

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
