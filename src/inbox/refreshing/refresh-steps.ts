import { refreshBlocked } from '../blocking/refresh-blocked.ts';
import { refreshWebhook } from '../health/number-webhook.ts';
import { refreshProfile } from '../profile/refresh-profile.ts';
import { refreshTemplates } from '../templates/refresh-templates.ts';
import type { RefreshSteps } from './work-refreshes.ts';

/** What is fetched from WABA in the background, by kind. */
export const REFRESH_STEPS: RefreshSteps = {
  templates: refreshTemplates,
  settings: refreshProfile,
  blocked: refreshBlocked,
  webhook: refreshWebhook,
};
