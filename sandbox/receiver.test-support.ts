import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

/** What the tests look at in messages and statuses; everything else is kept beside it. */
const MESSAGES = z.object({
  field: z.literal('messages'),
  value: z.looseObject({
    messaging_product: z.literal('whatsapp'),
    metadata: z.object({ display_phone_number: z.string(), phone_number_id: z.string() }),
    contacts: z.array(z.looseObject({})).optional(),
    messages: z.array(z.looseObject({ id: z.string(), type: z.string() })).optional(),
    statuses: z.array(z.looseObject({ id: z.string(), status: z.string() })).optional(),
  }),
});

/** What is about the account names no number; its tests read the text. */
const TEMPLATE = z.object({
  field: z.literal('message_template_status_update'),
  value: z.looseObject({ metadata: z.undefined().optional() }),
});

type MessagesValue = z.infer<typeof MESSAGES>['value'];

const WEBHOOK = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.tuple([
    z.object({
      id: z.string(),
      changes: z.tuple([z.discriminatedUnion('field', [MESSAGES, TEMPLATE])]),
    }),
  ]),
});

/** One webhook request as it came in. */
export type Received = {
  at: number;
  headers: IncomingHttpHeaders;
  text: string;
  value: Partial<MessagesValue>;
};

/** A subscriber for tests: keeps what it gets and answers 200 unless told otherwise. */
export type Receiver = {
  url: string;
  received: Received[];
  /** The statuses to answer the next requests with, oldest first; 0 breaks the connection. */
  answers: number[];
  /** Resolves with what came in, once it is that many requests. */
  until(count: number): Promise<Received[]>;
  close(): Promise<void>;
};

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { value } = WEBHOOK.parse(JSON.parse(text)).entry[0].changes[0];
      received.push({ at: performance.now(), headers: request.headers, text, value });
      const status = answers.shift() ?? 200;
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end();
      for (const check of waiting) check();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answers,
    until: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (received.length < count) return;
          waiting.delete(check);
          resolve(received);
        };
        waiting.add(check);
        check();
      }),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
