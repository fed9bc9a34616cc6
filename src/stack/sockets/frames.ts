import { z } from 'zod';

/** The one frame that a client sends: its token (spec: Websockets protocol), and what it saw last. */
const tokenFrame = z.object({
  token: z.string().min(1),
  after: z.int().min(0).optional(),
});

/** A token has 40 characters; nothing longer is read. */
const MAX_FRAME_CHARACTERS = 4_096;

/** What a client's frame says, or what is wrong with it. */
export type ClientFrame = z.output<typeof tokenFrame> | { problem: string };

/** Reads a client's frame. */
export function readFrame(data: string | ArrayBuffer): ClientFrame {
  if (typeof data !== 'string') return { problem: 'Expecting text, not binary data.' };
  if (data.length > MAX_FRAME_CHARACTERS) return { problem: 'Expecting a shorter text.' };
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { problem: 'Expecting value: a JSON object.' };
  }
  const frame = tokenFrame.safeParse(json);
  if (frame.success) return frame.data;
  const isAboutAfter = frame.error.issues.every(({ path }) => path[0] === 'after');
  return {
    problem: isAboutAfter
      ? 'Expecting a whole number from 0 on as "after".'
      : 'Expecting an object with a string "token".',
  };
}

/** Answers a frame that could not be read. */
export function badRequestFrame(message: string): string {
  return JSON.stringify({ type: 'response', status: 'bad_request', message });
}

/** Answers a token that is right; `sequence` is that of the newest event. */
export function welcomeFrame(username: string, sequence: number): string {
  const message = `Welcome, ${username}!`;
  return JSON.stringify({ type: 'token', status: 'success', message, sequence });
}

/** Answers a token that is wrong; the sentence is the service's own. */
export function refusedFrame(): string {
  return JSON.stringify({
    type: 'token',
    status: 'failed',
    message: 'Token matching query does not exist.',
  });
}
