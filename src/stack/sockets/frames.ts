import { z } from 'zod';

/** The one frame that a client sends: its token (spec: Websockets protocol). */
const tokenFrame = z.object({ token: z.string().min(1) });

/** What a client's frame says, or what is wrong with it. */
export type ClientFrame = { token: string } | { problem: string };

/** Reads a client's frame. */
export function readFrame(data: string | ArrayBuffer): ClientFrame {
  if (typeof data !== 'string') return { problem: 'Expecting text, not binary data.' };
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { problem: 'Expecting value: a JSON object.' };
  }
  const frame = tokenFrame.safeParse(json);
  return frame.success ? frame.data : { problem: 'Expecting an object with a string "token".' };
}

/** Answers a frame that could not be read. */
export function badRequestFrame(message: string): string {
  return JSON.stringify({ type: 'response', status: 'bad_request', message });
}

/** Answers a token that is right. */
export function welcomeFrame(username: string): string {
  return JSON.stringify({ type: 'token', status: 'success', message: `Welcome, ${username}!` });
}

/** Answers a token that is wrong; the sentence is the service's own. */
export function refusedFrame(): string {
  return JSON.stringify({
    type: 'token',
    status: 'failed',
    message: 'Token matching query does not exist.',
  });
}
