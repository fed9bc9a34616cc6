import { z } from '@hono/zod-openapi';
import type { LogPosition } from '../../webhooks/log/log-window.ts';

/** Writes a position in the log as an opaque text for links. */
export function writeCursor({ seq, webhookId }: LogPosition): string {
  return btoa(`${seq}.${webhookId}`).replaceAll('=', '');
}

/** A cursor in a query, as the position in the log that it stands for. */
export const cursorField = z
  .string()
  .transform((text, ctx): LogPosition => {
    const position = readCursor(text);
    if (position !== undefined) return position;
    ctx.addIssue({ code: 'custom', message: 'Invalid cursor: follow the links of the answers.' });
    return z.NEVER;
  })
  .openapi({ type: 'string', description: 'Where to go on; taken from `next`.' });

function readCursor(text: string): LogPosition | undefined {
  const [, seq, webhookId] = /^(\d{1,16})\.(\d{1,16})$/.exec(decoded(text)) ?? [];
  const position = { seq: Number(seq), webhookId: Number(webhookId) };
  return Object.values(position).every(Number.isSafeInteger) ? position : undefined;
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
