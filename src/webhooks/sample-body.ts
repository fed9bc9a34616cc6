/** Nobody's number: the one of the vendor's own example. */
const SAMPLE_RECIPIENT = '48123123123';

/**
 * Makes the mock `statuses` body that a webhook is tested with (spec: testWabaWebhook), in the shape
 * that the webhook gets real ones in. `getchatId` is of no message; `timestampSeconds` is now.
 */
export function sampleBody(
  { onCloudApi }: { onCloudApi: boolean },
  getchatId: string,
  timestampSeconds: number,
): object {
  const status = {
    id: `wamid.TEST-${getchatId}`,
    getchat_id: getchatId,
    recipient_id: SAMPLE_RECIPIENT,
    status: 'read',
    timestamp: String(timestampSeconds),
    type: 'message',
  };
  if (!onCloudApi) return { statuses: [status] };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '0', phone_number_id: '0' },
    statuses: [status],
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '0', changes: [{ value, field: 'messages' }] }],
  };
}
