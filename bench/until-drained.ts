import { setTimeout as wait } from 'node:timers/promises';
import type { Rig } from './rig.ts';

/** Longer than any backlog that a section makes on purpose. */
const PATIENCE_MS = 120_000;

const ASK_EVERY_MS = 200;

/** Waits until every event has been told to all. Throws where that takes two minutes. */
export async function untilDrained({ api, router }: Pick<Rig, 'api' | 'router'>): Promise<void> {
  const endsAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(`${router.url}/metrics`, {
      headers: { authorization: `Token ${api.token}` },
    });
    const [, open] = /^waypost_events_open (\d+)$/m.exec(await response.text()) ?? [];
    if (open === '0') return;
    if (Date.now() > endsAt) throw new Error(`${open} events are still open after two minutes.`);
    await wait(ASK_EVERY_MS);
  }
}
