// Makes the requests of the bench, in a process of its own.
import { closedLoop } from './closed-loop.ts';
import { openLoop } from './open-loop.ts';
import { serveAgent } from './serve-agent.ts';

const calls = { openLoop, closedLoop };

export type LoadCalls = typeof calls;

serveAgent(calls);
