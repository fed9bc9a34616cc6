/**
 * The categories that the service's document still names. WhatsApp has put all of them into `UTILITY`
 * since (Meta: "Template categorization") and takes none of them any more.
 */
const FORMER: ReadonlySet<string> = new Set([
  'ACCOUNT_UPDATE',
  'PAYMENT_UPDATE',
  'PERSONAL_FINANCE_UPDATE',
  'SHIPPING_UPDATE',
  'RESERVATION_UPDATE',
  'ISSUE_RESOLUTION',
  'APPOINTMENT_UPDATE',
  'TRANSPORTATION_UPDATE',
  'TICKET_UPDATE',
  'ALERT_UPDATE',
  'AUTO_REPLY',
]);

/** Returns a category as WhatsApp takes it today; one that we do not know is left to WhatsApp. */
export function wabaCategory(category: string): string {
  const name = category.toUpperCase();
  return FORMER.has(name) ? 'UTILITY' : name;
}
