import { createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** An endpoint that answers in bytes of its own making, as no HTTP library would. */
export interface RawReceiver {
  url: string;
  /** The `webhook-id` of each request, in order. */
  ids: string[];
  close(): Promise<void>;
}

/** Starts one; `answer` is called with the connection once a request's headers are in. */
export async function startRawReceiver(answer: (socket: Socket) => void): Promise<RawReceiver> {
  const sockets = new Set<Socket>();
  const ids: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    let isAnswered = false;
    // What a receiver like these does to its own connection is no news.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const id = /^webhook-id: (.+)\r$/im.exec(text)?.[1];
      if (isAnswered || id === undefined || !text.includes('\r\n\r\n')) return;
      isAnswered = true;
      ids.push(id);
      answer(socket);
    });
  });
  const url = await listen(server, 0);
  return {
    url: `${url}/hook`,
    ids,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
