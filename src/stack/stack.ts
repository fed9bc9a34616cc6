import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../config.ts';

/** The stack's clock and voice: works the outbox, holds the websockets, wakes what is due. */
export class Stack extends DurableObject<Env> {}
