import type { Api } from '../api-env.ts';
import { deregisterFcmDeviceToken } from './deregister-fcm-token.ts';
import { listFcmDeviceTokens } from './list-fcm-tokens.ts';
import { registerFcmDeviceToken } from './register-fcm-token.ts';
import { updateFcmDeviceToken } from './update-fcm-token.ts';

/** The operations on the devices that push messages go to. */
export function fcmTokenRoutes(api: Api): void {
  listFcmDeviceTokens(api);
  registerFcmDeviceToken(api);
  updateFcmDeviceToken(api);
  deregisterFcmDeviceToken(api);
}
