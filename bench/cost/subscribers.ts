import { ApiClient } from '../../test/support/api-client.ts';
import { startReceiver, type Receiver } from '../../test/support/receiver.ts';

/** A subscriber with a user of its own: a message is marked as received for each of them. */
export async function addSubscriber(admin: ApiClient, url: string): Promise<Receiver> {
  const username = `subscriber-${crypto.randomUUID()}`;
  const { body } = await admin.post<{ activation_url: string }>('users/', {
    username,
    profile: { role: 'app' },
  });
  const activated = await fetch(body.activation_url, { headers: { accept: 'application/json' } });
  const { token }: { token: string } = JSON.parse(await activated.text());
  const receiver = await startReceiver();
  const made = await new ApiClient(url, token).post('webhooks/waba/', {
    url: receiver.url,
    on_incoming_message: true,
    on_outgoing_message: true,
  });
  if (made.status !== 201) throw new Error(`No webhook was made: ${made.status}`);
  return receiver;
}
