import { listWhatsAppAccounts } from './accounts/list-whatsapp-accounts.ts';
import type { Api } from './api-env.ts';
import { blockOneContact } from './blocking/block-contact.ts';
import { listBlockedContacts } from './blocking/list-blocked-contacts.ts';
import { reportOneContact } from './blocking/report-contact.ts';
import { unblockOneContact } from './blocking/unblock-contact.ts';
import { verifyAllContacts } from './blocking/verify-contacts.ts';
import { deleteProfilePhoto } from './profile/delete-photo.ts';
import { partialUpdateBusinessProfileSettings } from './profile/partial-update-profile.ts';
import { retrieveProfileAbout } from './profile/retrieve-about.ts';
import { retrieveProfilePhoto } from './profile/retrieve-photo.ts';
import { retrieveBusinessProfileSettings } from './profile/retrieve-profile.ts';
import { updateProfileAbout } from './profile/update-about.ts';
import { updateProfilePhoto } from './profile/update-photo.ts';
import { checkSettingsRefreshStatus } from './refreshes/check-settings-refresh.ts';
import { checkTemplateRefreshStatus } from './refreshes/check-template-refresh.ts';
import { issueSettingsRefreshRequest } from './refreshes/issue-settings-refresh.ts';
import { issueTemplateRefreshRequest } from './refreshes/issue-template-refresh.ts';
import { listHealthStatuses } from './status/list-health-statuses.ts';
import { createMessageTemplate } from './templates/create-template.ts';
import { destroyMessageTemplate } from './templates/destroy-template.ts';
import { listAllTemplates } from './templates/list-templates.ts';
import { listAllWabaErrors } from './waba-errors/list-waba-errors.ts';
import { retrieveOneWabaError } from './waba-errors/retrieve-waba-error.ts';

/**
 * The operations about the number itself: what WhatsApp keeps for it, and how it fares. To be registered
 * before `/contacts/{wa_id}/`, whose path fits `/contacts/blocked/`, too.
 */
export function whatsAppRoutes(api: Api): void {
  listAllTemplates(api);
  createMessageTemplate(api);
  checkTemplateRefreshStatus(api);
  issueTemplateRefreshRequest(api);
  destroyMessageTemplate(api);
  retrieveBusinessProfileSettings(api);
  partialUpdateBusinessProfileSettings(api);
  retrieveProfileAbout(api);
  updateProfileAbout(api);
  retrieveProfilePhoto(api);
  updateProfilePhoto(api);
  deleteProfilePhoto(api);
  checkSettingsRefreshStatus(api);
  issueSettingsRefreshRequest(api);
  listBlockedContacts(api);
  verifyAllContacts(api);
  blockOneContact(api);
  unblockOneContact(api);
  reportOneContact(api);
  listWhatsAppAccounts(api);
  listHealthStatuses(api);
  listAllWabaErrors(api);
  retrieveOneWabaError(api);
}
