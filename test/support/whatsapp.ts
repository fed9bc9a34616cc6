/** WhatsApp bodies for whole-system tests. */

const CUSTOMER = '48123456789';

/** A text message from a customer, in the Cloud API's envelope. */
export function textMessage(id: string, body = id, from = CUSTOMER): object {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550000001', phone_number_id: '106540352242922' },
    contacts: [{ profile: { name: 'Ada' }, wa_id: from }],
    messages: [{ from, id, timestamp, type: 'text', text: { body } }],
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
  };
}

/** Posts a body as WABA does; returns the status. */
export async function postToIngest(
  baseUrl: string,
  body: object | string,
  token = 'local-webhook-token',
): Promise<number> {
  const response = await fetch(`${baseUrl}/waba/webhook`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}
