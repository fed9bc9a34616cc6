import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A browser on the websocket. */
export interface SocketClient {
  /** Every frame so far, parsed. */
  frames: Record<string, unknown>[];
  socket: WebSocket;
  close(): void;
}

/** Opens a websocket and, with a token, shows it. */
export async function openSocket(url: string, token?: string): Promise<SocketClient> {
  const socket = new WebSocket(url);
  const frames: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    frames.push(text === 'pong' ? { pong: true } : JSON.parse(text));
  });
  await once(socket, 'open');
  if (token !== undefined) {
    socket.send(JSON.stringify({ token }));
    await once(socket, 'message');
  }
  return { frames, socket, close: () => socket.terminate() };
}
