/** A host that does not even open a connection in this time would not answer in time either. */
const CONNECT_DEADLINE_MS = 5_000;

/**
 * Why nothing can be sent to this URL now, or undefined where something may listen.
 *
 * workerd's fetch says "Network connection lost." for a refused connection and for one that broke
 * after the request had left, so a refusal is only known by trying to connect before. On Cloudflare
 * the edge tells them apart by status (521 and its neighbours, see send-outcome.ts), and a raw socket
 * may not go everywhere that fetch goes: there, where WABA is https, nothing is tried.
 */
export async function whyUnreachable(url: string): Promise<string | undefined> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:') return undefined;
  const { connect } = await import('cloudflare:sockets');
  const socket = connect({ hostname, port: Number(port || '80') });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('The connection did not open in time.'), CONNECT_DEADLINE_MS);
  });
  try {
    return await Promise.race([socket.opened.then(() => undefined), expired]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    // A timer that is left keeps a Durable Object in memory.
    clearTimeout(timer);
    // What a probe's end meets is of no consequence.
    socket.close().catch(() => undefined);
    socket.closed.catch(() => undefined);
  }
}
